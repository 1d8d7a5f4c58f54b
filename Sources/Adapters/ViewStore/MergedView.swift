internal import SpoolLayout
internal import Mailbox
internal import SharedKernel

/// View and changes read together as one sequence, mostly in order: what is read is read ahead, in either direction.
final class MergedView {
  /// Records read at once: few at first, for few may be all that is wanted.
  private static let readAhead = 32...512
  /// Bytes of texts read at once, unless those of one message are more.
  private static let textAhead = 256 << 10

  let below: ViewFile?
  private(set) var changes: ChangeSet
  private(set) var order: MergedOrder

  /// The records of the view that are at hand.
  private var window: [ViewRecord] = []
  private var windowStart = 0
  private var ahead = MergedView.readAhead.lowerBound
  private var isForward = true
  /// The texts of the view that are at hand.
  private var texts: [UInt8] = []
  private var textStart = 0

  init(_ below: ViewFile?, _ changes: ChangeSet) {
    (self.below, self.changes) = (below, changes)
    order = MergedOrder(below: below?.header.recordCount ?? 0, changes: changes.records)
  }

  var count: Int { order.count }

  func replace(_ changes: ChangeSet) {
    self.changes = changes
    order = MergedOrder(below: below?.header.recordCount ?? 0, changes: changes.records)
    run = MergedOrder.Run(first: 0, count: 0, isChange: false, start: 0)
  }

  /// The last run that was asked for: most questions are about the next record of it.
  private var run = MergedOrder.Run(first: 0, count: 0, isChange: false, start: 0)

  private func place(of index: Int) -> (isChange: Bool, index: Int) {
    if index < run.first || index >= run.first + run.count { run = order.run(at: index) }
    return (run.isChange, run.start + index - run.first)
  }

  func record(_ index: Int) throws(CacheUnusable) -> ViewRecord {
    let place = place(of: index)
    return place.isChange ? changes.records[place.index] : try recordBelow(place.index)
  }

  private func recordBelow(_ index: Int) throws(CacheUnusable) -> ViewRecord {
    if index < windowStart || index >= windowStart + window.count { try readRecords(around: index) }
    return window[index - windowStart]
  }

  private func readRecords(around index: Int) throws(CacheUnusable) {
    guard let below, index < below.header.recordCount else { throw CacheUnusable() }
    let follows = index == windowStart + window.count
    let precedes = index == windowStart - 1
    ahead = !window.isEmpty && (follows || precedes) ? min(ahead * 2, MergedView.readAhead.upperBound) : MergedView.readAhead.lowerBound
    isForward = !(precedes || window.isEmpty && index > below.header.recordCount / 2)
    let range = isForward ? index..<min(index + ahead, below.header.recordCount) : max(0, index + 1 - ahead)..<index + 1
    window = try below.records(range)
    windowStart = range.lowerBound
  }

  func entry(_ index: Int) throws(CacheUnusable) -> MailboxEntry {
    let place = place(of: index)
    if place.isChange {
      let record = changes.records[place.index]
      return MailboxEntry(number: index + 1, facts: record.facts, storage: changes.texts, start: record.offset)
    }
    let record = try recordBelow(place.index)
    if record.offset < textStart || record.offset + record.length > textStart + texts.count { try readTexts(place.index, record) }
    try record.check(texts, at: record.offset - textStart)
    return MailboxEntry(number: index + 1, facts: record.facts, storage: texts, start: record.offset - textStart)
  }

  /// Reads the texts of a record and those next to it, as far as the records at hand reach.
  private func readTexts(_ index: Int, _ record: ViewRecord) throws(CacheUnusable) {
    guard let below else { throw CacheUnusable() }
    var (low, high) = (record.offset, record.offset + record.length)
    if isForward, let last = window.last {
      high = max(high, min(last.offset + last.length, low + MergedView.textAhead))
    } else if !isForward, let first = window.first {
      low = min(low, max(first.offset, high - MergedView.textAhead))
    }
    texts = try below.texts(high - low, at: low)
    textStart = low
  }

  /// Where a message with that key stands, or would; and whether it is there. Binary search.
  func lowerBound(delivered: Timestamp, base: ArraySlice<UInt8>) throws(CacheUnusable) -> (index: Int, isPresent: Bool) {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if try compare(middle, delivered, base) < 0 { low = middle + 1 } else { high = middle }
    }
    return (low, low < count ? try compare(low, delivered, base) == 0 : false)
  }

  /// Negative where the message at an index comes before that key, 0 where it has it.
  func compare(_ index: Int, _ delivered: Timestamp, _ base: ArraySlice<UInt8>) throws(CacheUnusable) -> Int {
    let other = try record(index).facts.delivered
    if other != delivered { return other < delivered ? -1 : 1 }
    let name = StoredMessage.base(ofName: try entry(index).bytes(.name))
    return name == base ? 0 : name.lexicographicallyPrecedes(base) ? -1 : 1
  }
}
