internal import SpoolLayout
internal import Mailbox
internal import SharedKernel

/// The part of an entry that has a fixed size.
struct ViewRecord {
  static let length = 72

  /// What a record in the file of changes does to the view below it.
  enum Kind: UInt8 {
    /// Stands before the record at `position`; the only kind there is in the view itself.
    case inserted
    /// Stands for the record at `position`.
    case replaced
    /// Takes the record at `position` away.
    case removed
  }

  var kind = Kind.inserted
  var facts: MailboxEntry.Facts
  /// Of the name up to the colon, under the view's seed.
  var baseHash: UInt64
  /// Of the whole name and its folder.
  var nameHash: UInt64
  /// Where the packed texts begin, in bytes from the start of all texts.
  var offset: Int
  /// Bytes of the packed texts.
  var length: Int
  /// Over the packed texts.
  var textSum: UInt32
  /// The index in the view below; 0 in the view itself.
  var position = 0

  static func textSum(_ text: ArraySlice<UInt8>) -> UInt32 { UInt32(truncatingIfNeeded: XXH64.hash(text, seed: 0)) }
}

// 8 checksum · 8 delivered · 8 date · 8 size · 8 base hash · 8 name hash · 8 offset · 4 length · 4 text sum · 4 position ·
// 1 kind · 1 state · 1 marks · 1 zero; little-endian. Marks: 1 looked at, 2 plain.
extension ViewRecord {
  /// `seed` and `index` go into the checksum, so that a record of another file or in the wrong place is as bad as a damaged one.
  func append(to bytes: inout [UInt8], seed: UInt64, index: Int) {
    var fields: [UInt8] = []
    fields.reserveCapacity(ViewRecord.length - 8)
    fields.append(littleEndian: UInt64(bitPattern: facts.delivered.microseconds))
    fields.append(littleEndian: UInt64(bitPattern: facts.date?.microseconds ?? 0))
    fields.append(littleEndian: UInt64(bitPattern: facts.size))
    fields.append(littleEndian: baseHash)
    fields.append(littleEndian: nameHash)
    fields.append(littleEndian: UInt64(offset))
    fields.append(littleEndian: UInt32(length))
    fields.append(littleEndian: textSum)
    fields.append(littleEndian: UInt32(position))
    fields += [kind.rawValue, facts.state.rawValue, (facts.date == nil ? 0 : 1) | (facts.isPlain ? 2 : 0), 0]
    bytes.append(littleEndian: XXH64.hash(fields, seed: seed &+ UInt64(index)))
    bytes += fields
  }

  /// Throws for bytes that no writer of this file left here.
  init(_ bytes: borrowing Span<UInt8>, at start: Int, seed: UInt64, index: Int) throws(CacheUnusable) {
    guard start + ViewRecord.length <= bytes.count,
      bytes.number64(start) == XXH64.hash(bytes.extracting(start + 8..<start + ViewRecord.length), seed: seed &+ UInt64(index)),
      let kind = Kind(rawValue: bytes[start + 68]), let offset = Int(exactly: bytes.number64(start + 48))
    else { throw CacheUnusable() }
    let marks = bytes[start + 70]
    let date = Timestamp(microseconds: Int64(bitPattern: bytes.number64(start + 16)))
    self.init(
      kind: kind,
      facts: MailboxEntry.Facts(
        state: MessageState(rawValue: bytes[start + 69]), delivered: Timestamp(microseconds: Int64(bitPattern: bytes.number64(start + 8))),
        date: marks & 1 == 0 ? nil : date, size: Int64(bitPattern: bytes.number64(start + 24)), isPlain: marks & 2 != 0),
      baseHash: bytes.number64(start + 32), nameHash: bytes.number64(start + 40), offset: offset,
      length: Int(bytes.number32(start + 56)), textSum: bytes.number32(start + 60), position: Int(bytes.number32(start + 64)))
  }
}
