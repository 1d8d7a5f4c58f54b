internal import DurableFiles
internal import SpoolLayout
internal import SystemCalls

/// Writes records and texts to their two places in a file, in pieces.
struct ViewOutput {
  private static let piece = 1 << 17

  private let file: TemporaryFile
  private let head: ViewHeader
  private var records: [UInt8] = []
  private var texts: [UInt8] = []
  private var recordsDone = 0
  private var textsDone = 0
  private var index = 0

  init(_ file: TemporaryFile, _ head: ViewHeader) { (self.file, self.head) = (file, head) }

  mutating func add(_ old: ViewRecord, _ text: ArraySlice<UInt8>) throws(CacheUnusable) {
    var record = old
    (record.kind, record.position) = (.inserted, 0)
    (record.offset, record.length, record.textSum) = (textsDone + texts.count, text.count, ViewRecord.textSum(text))
    record.append(to: &records, seed: head.id, index: index)
    texts += text
    index += 1
    if records.count > ViewOutput.piece || texts.count > ViewOutput.piece { try flush() }
  }

  private mutating func flush() throws(CacheUnusable) {
    try usable(file.descriptor.write(all: records, at: ViewHeader.length + recordsDone))
    try usable(file.descriptor.write(all: texts, at: head.textStart + textsDone))
    recordsDone += records.count
    textsDone += texts.count
    records.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }

  /// Writes the rest and says how many bytes of texts there are.
  mutating func end() throws(CacheUnusable) -> Int {
    try flush()
    return textsDone
  }
}
