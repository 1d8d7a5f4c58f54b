import SystemCalls

/// What is asked of a mailbox, program by program: each line is printed when it is known, for a large mailbox takes its time.
final class ReadTable {
  /// A run that has not ended after so many seconds is stopped, and the line says so.
  private let patience: Int
  /// How often each is run at most.
  private let rounds: Int
  /// Nanoseconds that all runs of one line may take: slow ones are run less often, once at least.
  private static let share: Int64 = 60_000_000_000
  /// Programs that have nothing to answer from.
  private var unasked: Set<String> = []
  private let output = FileDescriptor(owning: 1, path: "standard output")

  init(patience: Int, rounds: Int) { (self.patience, self.rounds) = (patience, rounds) }

  func line(_ text: String) throws { try output.write(all: Array("\(text)\n".utf8)) }

  func head() throws { try line("\(padded("", 34))     median        min       peak  runs") }

  /// Runs those programs in turn, each so often as is reasonable, after a round that does not count unless there is no other.
  /// Where being first is the question, the first run counts, and three are enough. `prepare` is called before every run.
  /// A program that is stopped in what is needed is not asked again.
  func compare(
    _ label: String, _ programs: [Program?], isFirst: Bool = false, isNeeded: Bool = false, _ prepare: () throws -> Void = {}
  ) throws {
    let programs = programs.compactMap { $0 }.filter { !unasked.contains($0.name) }
    var runs: [[MeasuredRun]] = []
    var more: [Int] = []
    for program in programs {
      try prepare()
      let run = try program.measure(atMost: patience)
      let affordable = run.map { Int(ReadTable.share / max(1, $0.nanoseconds)) } ?? 0
      more.append(isFirst ? min(2, affordable) : min(rounds, affordable))
      // What was read for the first time came from elsewhere.
      runs.append(isFirst || affordable == 0 ? run.map { [$0] } ?? [] : [])
    }
    for round in 0..<(more.max() ?? 0) {
      for (index, program) in programs.enumerated() where round < more[index] {
        try prepare()
        if let run = try program.measure(atMost: patience) { runs[index].append(run) }
      }
    }
    for (program, runs) in zip(programs, runs) {
      try row("\(label): \(program.name)", runs)
      if isNeeded && runs.isEmpty { unasked.insert(program.name) }
    }
  }

  private func row(_ label: String, _ runs: [MeasuredRun]) throws {
    if runs.isEmpty { return try line("\(padded(label, 34)) stopped after \(patience) s") }
    let times = runs.map(\.nanoseconds).sorted()
    let peak = runs.map(\.peak).max() ?? 0
    try line(
      "\(padded(label, 34)) \(milliseconds(times[times.count / 2])) \(milliseconds(times[0])) \(mebibytes(peak)) \(right("\(times.count)", 5))"
    )
  }

  private func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

  private func milliseconds(_ time: Int64) -> String { right("\(time / 1_000_000).\(time / 10_000 % 100 / 10)\(time / 10_000 % 10)", 10) }

  private func mebibytes(_ kibibytes: Int) -> String { right("\(kibibytes / 1024).\(kibibytes % 1024 * 10 / 1024)", 10) }

  private func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}
