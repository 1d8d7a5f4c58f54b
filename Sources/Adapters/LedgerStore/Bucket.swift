internal import SpoolLayout
internal import SharedKernel

/// A bucket of the index in memory.
struct Bucket {
  private(set) var entries: [(key: IndexKey, position: Position)] = []

  init() {}

  var isFull: Bool { entries.count == IndexFile.bucketEntries }

  func position(of key: IndexKey) -> Position? { entries.first { $0.key == key }?.position }

  /// Puts an entry in or replaces it; a new one needs room.
  mutating func put(_ key: IndexKey, _ position: Position) {
    if let place = entries.firstIndex(where: { $0.key == key }) {
      entries[place].position = position
    } else {
      entries.append((key, position))
    }
  }
}

extension Bucket {
  static let accountBit: UInt64 = 1 << 63

  /// 512 bytes: checksum, count, entries of key and position, zeros.
  func encode(number: Int) -> [UInt8] {
    var content: [UInt8] = []
    content.append(littleEndian: UInt32(entries.count))
    for (key, position) in entries {
      for word in [key.high, key.low, Bucket.place(of: key, position)] { content.append(littleEndian: word) }
    }
    content += [UInt8](repeating: 0, count: IndexFile.bucketLength - 4 - content.count)
    var bytes: [UInt8] = []
    bytes.append(littleEndian: Bucket.checksum(content.span, number))
    return bytes + content
  }

  /// Throws for bytes that no writer of this bucket left.
  init(decoding bytes: [UInt8], number: Int) throws(CacheUnusable) {
    guard bytes.count == IndexFile.bucketLength else { throw CacheUnusable() }
    let content = bytes[4...]
    let count = Int(bytes.span.number32(4))
    guard bytes.span.number32(0) == Bucket.checksum(content.span, number), count <= IndexFile.bucketEntries else {
      throw CacheUnusable()
    }
    for index in 0..<count {
      let fields = (0..<3).map { bytes.span.number64(8 + index * 24 + $0 * 8) }
      let isAccount = fields[2] & Bucket.accountBit != 0
      entries.append((IndexKey(high: fields[0], low: fields[1], isAccount: isAccount), Bucket.position(fields[2])))
    }
  }

  /// The third word of an entry: the position, and whether the key is an account's.
  static func place(of key: IndexKey, _ position: Position) -> UInt64 {
    UInt64(position.segment) << 36 | UInt64(position.record) | (key.isAccount ? accountBit : 0)
  }

  static func position(_ place: UInt64) -> Position {
    Position(segment: Int((place & ~accountBit) >> 36), record: Int(place & (1 << 36 - 1)))
  }

  /// The number is in it, so that a bucket in the wrong place is as bad as a damaged one.
  static func checksum(_ content: Span<UInt8>, _ number: Int) -> UInt32 {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt64(number))
    return ~CRC32C.update(CRC32C.update(.max, content), bytes.span)
  }
}
