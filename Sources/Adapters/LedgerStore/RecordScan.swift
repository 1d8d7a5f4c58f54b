internal import SharedKernel
internal import SystemCalls

/// Goes over records as bytes: each one's checksum and number are checked, the chain is not, and nothing is made a text of.
struct RecordScan {
  private static let chunk = 2048
  private var nextSequence: Int64?

  init() {}

  /// Calls `body` with the bytes, the offset in them and the index of each record from index `start` to before `end`, in order, until it
  /// returns false; 65 at the first record that is damaged. Whether `body` never did.
  mutating func read(
    _ segment: Segment, from start: Int, to end: Int, _ body: (Span<UInt8>, Int, Int) throws(Failure) -> Bool
  ) throws(Failure) -> Bool {
    var index = start
    // A caller that wants the first few records must not read a mebibyte for them.
    var size = 128
    while index < end {
      let count = min(size, end - index)
      let bytes = try onDisk { () throws(SystemError) in try segment.file.read(count * Record.length, at: index * Record.length) }
      for slot in 0..<count {
        let offset = slot * Record.length
        guard offset + Record.length <= bytes.count, isSound(bytes.span, offset) else {
          try refuse(segment, index + slot)
        }
        if try !body(bytes.span, offset, index + slot) { return false }
      }
      index += count
      size = RecordScan.chunk
    }
    return true
  }

  /// Whether a name is in one of the columns of accounts, or only the words of a payment tell who pays or sent.
  static func mayBeOf(_ payer: Name, _ bytes: Span<UInt8>, _ offset: Int) -> Bool {
    let name = payer.text.utf8
    for column in [offset + 74, offset + 139] {
      if bytes[column] == UInt8(ascii: "="), bytes[column + 1] == UInt8(ascii: "g") { return true }
      var index = column
      for byte in name {
        if bytes[index] != byte { break }
        index += 1
      }
      if index == column + name.count, bytes[index] == 32 { return true }
    }
    guard let sender = PayerHash.sender(in: bytes, at: offset), sender.count == name.count else { return false }
    return zip(sender, name).allSatisfy { bytes[$0] == $1 }
  }

  /// Says what is wrong with a record, in the words of the reader that checks all.
  private func refuse(_ segment: Segment, _ index: Int) throws(Failure) -> Never {
    let record = try segment.record(index)
    throw .corrupt(
      segment: segment.number, record: index + 1, "has number \(record.sequence), expected \(nextSequence ?? record.sequence)")
  }

  private mutating func isSound(_ bytes: Span<UInt8>, _ offset: Int) -> Bool {
    guard bytes[offset + Record.length - 1] == UInt8(ascii: "\n") else { return false }
    var expected: UInt32 = 0
    for index in offset + Record.checkedLength..<offset + Record.length - 1 {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): expected = expected << 4 | UInt32(byte - 48)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): expected = expected << 4 | UInt32(byte - 87)
      default: return false
      }
    }
    guard CRC32C.checksum(bytes.extracting(offset..<offset + Record.checkedLength)) == expected else { return false }
    var sequence: Int64 = 0
    for index in offset..<offset + 12 {
      guard (48...57).contains(bytes[index]) else { return false }
      sequence = sequence * 10 + Int64(bytes[index] - 48)
    }
    if let nextSequence, nextSequence != sequence { return false }
    nextSequence = sequence + 1
    return true
  }
}
