/// Where the messages of view and changes together stand: runs of records that lie behind one another in one of the two.
struct MergedOrder {
  struct Run {
    /// The index of its first record in the whole.
    let first: Int
    let count: Int
    /// Whether the records are those of the file of changes.
    let isChange: Bool
    /// The index of its first record in its file.
    let start: Int
  }

  private(set) var runs: [Run] = []
  private(set) var count = 0
  private let belowCount: Int

  /// `records` are those of the file of changes.
  init(below count: Int, changes records: [ViewRecord]) {
    belowCount = count
    var next = 0
    for (index, record) in records.enumerated() {
      add(record.position - next, isChange: false, start: next)
      next = record.position + (record.kind == .inserted ? 0 : 1)
      if record.kind != .removed { add(1, isChange: true, start: index) }
    }
    add(count - next, isChange: false, start: next)
  }

  private mutating func add(_ length: Int, isChange: Bool, start: Int) {
    if length <= 0 { return }
    defer { count += length }
    // Of very many that came together each would have a run of its own.
    if let last = runs.last, last.isChange == isChange, last.start + last.count == start {
      runs[runs.count - 1] = Run(first: last.first, count: last.count + length, isChange: isChange, start: last.start)
    } else {
      runs.append(Run(first: count, count: length, isChange: isChange, start: start))
    }
  }

  /// The run that an index of the whole lies in.
  func run(at index: Int) -> Run {
    var (low, high) = (0, runs.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if runs[middle].first <= index { low = middle } else { high = middle - 1 }
    }
    return runs[low]
  }

  /// The index in the view below before which something that comes at an index of the whole stands.
  func position(at index: Int, changes records: [ViewRecord]) -> Int {
    if index >= count { return belowCount }
    let run = run(at: index)
    return run.isChange ? records[run.start + index - run.first].position : run.start + index - run.first
  }
}
