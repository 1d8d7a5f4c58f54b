internal import SpoolLayout
internal import Mailbox

/// What has changed since a view was written: records in the order of the view below, each with its texts.
struct ChangeSet {
  private(set) var records: [ViewRecord] = []
  /// The texts; those of records that were replaced stay in it until it is written.
  private(set) var texts: [UInt8] = []

  init() {}

  /// Reads a whole file of changes; throws where a byte of it is wrong, or a position lies beyond the view below.
  init(_ file: ViewFile, below count: Int) throws(CacheUnusable) {
    records = try file.records(0..<file.header.recordCount)
    texts = try file.texts(file.header.textLength, at: 0)
    var position = 0
    for record in records {
      guard record.position >= position, record.position < count || (record.kind == .inserted && record.position == count) else {
        throw CacheUnusable()
      }
      position = record.position
      if record.kind != .removed { try record.check(texts, at: record.offset) }
    }
  }

  /// The packed texts of one record.
  func text(of record: ViewRecord) -> ArraySlice<UInt8> { texts[record.offset..<record.offset + record.length] }

  /// Takes in texts and says where they are.
  mutating func add(text: some Collection<UInt8>) -> Int {
    texts += text
    return texts.count - text.count
  }

  /// Makes room for so many bytes of texts at once: growing by and by would hold them twice.
  mutating func reserve(texts count: Int) { texts.reserveCapacity(texts.count + count) }

  /// Takes the records as they are to stand, in any order.
  mutating func set(_ changed: consuming [ViewRecord]) {
    records = []
    var sorted = changed
    sorted.sort { left, right in
      if left.position != right.position { return left.position < right.position }
      if left.kind != right.kind { return left.kind == .inserted }
      if left.facts.delivered != right.facts.delivered { return left.facts.delivered < right.facts.delivered }
      return base(of: left).lexicographicallyPrecedes(base(of: right))
    }
    records = sorted
  }

  func base(of record: ViewRecord) -> ArraySlice<UInt8> {
    let name = MailboxEntry.nameRange(texts, at: record.offset)
    return StoredMessage.base(ofName: texts[name])
  }
}
