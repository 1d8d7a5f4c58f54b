internal import SharedKernel

/// A whole index table in memory, as it is in the file behind the header.
struct IndexImage {
  private static let bucketWords = IndexFile.bucketLength / 8

  private(set) var bucketCount: Int
  private(set) var entryCount = 0
  /// Of each bucket: its count of entries, then three words an entry.
  private var words: [UInt64]

  /// A table with room for so many entries and as many again.
  init(expecting entries: Int) {
    var count = 64
    while count * IndexFile.bucketEntries < entries * 3 { count *= 2 }
    bucketCount = count
    words = [UInt64](repeating: 0, count: count * IndexImage.bucketWords)
  }

  init(_ entries: [IndexKey: Position]) {
    self.init(expecting: entries.count)
    for (key, position) in entries { put(key, position) }
  }

  /// Puts an entry in, or moves it on.
  mutating func put(_ key: IndexKey, _ position: Position) {
    if entryCount * 10 > bucketCount * IndexFile.bucketEntries * 7 { grow() }
    insert(key.high, key.low, Bucket.place(of: key, position))
  }

  private mutating func insert(_ high: UInt64, _ low: UInt64, _ place: UInt64) {
    var number = Int(truncatingIfNeeded: low) & (bucketCount - 1)
    while true {
      let start = number * IndexImage.bucketWords
      let count = Int(words[start])
      for index in stride(from: start + 1, to: start + 1 + count * 3, by: 3)
      where words[index] == high && words[index + 1] == low && (words[index + 2] ^ place) & Bucket.accountBit == 0 {
        words[index + 2] = place
        return
      }
      if count < IndexFile.bucketEntries {
        let free = start + 1 + count * 3
        (words[free], words[free + 1], words[free + 2], words[start]) = (high, low, place, UInt64(count + 1))
        entryCount += 1
        return
      }
      number = (number + 1) & (bucketCount - 1)
    }
  }

  func position(of key: IndexKey) -> Position? {
    var number = Int(truncatingIfNeeded: key.low) & (bucketCount - 1)
    for _ in 0..<bucketCount {
      let start = number * IndexImage.bucketWords
      let count = Int(words[start])
      for index in stride(from: start + 1, to: start + 1 + count * 3, by: 3)
      where words[index] == key.high && words[index + 1] == key.low && (words[index + 2] & Bucket.accountBit != 0) == key.isAccount {
        return Bucket.position(words[index + 2])
      }
      if count < IndexFile.bucketEntries { return nil }
      number = (number + 1) & (bucketCount - 1)
    }
    return nil
  }

  private mutating func grow() {
    let old = words
    bucketCount *= 2
    entryCount = 0
    words = [UInt64](repeating: 0, count: bucketCount * IndexImage.bucketWords)
    for start in stride(from: 0, to: old.count, by: IndexImage.bucketWords) {
      for index in stride(from: start + 1, to: start + 1 + Int(old[start]) * 3, by: 3) {
        insert(old[index], old[index + 1], old[index + 2])
      }
    }
  }

  /// The table as it is written: of each bucket the checksum, the count and the entries.
  func encode() -> [UInt8] {
    var table = words.map { $0.littleEndian }
    for start in stride(from: 0, to: table.count, by: IndexImage.bucketWords) { table[start] = (words[start] << 32).littleEndian }
    var bytes = unsafe table.withUnsafeBytes { unsafe [UInt8]($0) }
    for number in 0..<bucketCount {
      let start = number * IndexFile.bucketLength
      let checksum = Bucket.checksum(bytes.span.extracting(start + 4..<start + IndexFile.bucketLength), number)
      for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(index * 8)) }
    }
    return bytes
  }
}
