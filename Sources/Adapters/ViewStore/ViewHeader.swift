internal import SpoolLayout
internal import Mailbox
internal import SharedKernel

/// What is known of one of the two folders of a mailbox.
struct FolderKnowledge: Equatable {
  /// Nil where the folder was missing, or where a change that followed could have left no trace in it.
  var stamp: FolderStamp?
  var isMissing = false
  /// Names that are no messages'.
  var foreignEntries = 0
}

/// The head of a view and of a file of changes: all that a count needs.
struct ViewHeader {
  static let length = 256
  private static let magic = Array("msgspool-view-6\n".utf8)

  /// Names this file; drawn for each view.
  var id: UInt64
  /// The view that a file of changes belongs to; 0 in a view.
  var below: UInt64 = 0
  /// Under which names are hashed; the same in views that were made from one another.
  var seed: UInt64
  /// The records in this file.
  var recordCount = 0
  /// Bytes of all texts in this file.
  var textLength = 0
  /// Of the mailbox, with the changes.
  var counts = MailboxCounts()
  /// Messages in `new/`.
  var countInNew = 0
  /// Messages that were looked at.
  var completeCount = 0
  /// Some message has a file in both folders: when one of them changes both are listed.
  var hasTwins = false
  var folders = [FolderKnowledge(), FolderKnowledge()]

  var textStart: Int { ViewHeader.length + recordCount * ViewRecord.length }

  /// 256 bytes; the last eight are the checksum.
  var bytes: [UInt8] {
    var bytes = ViewHeader.magic
    for number in [id, below, seed] { bytes.append(littleEndian: number) }
    let numbers = [recordCount, textLength, counts.total, counts.unread, counts.flagged, countInNew, completeCount, hasTwins ? 1 : 0]
    for number in numbers { bytes.append(littleEndian: number) }
    for folder in folders {
      for number in [folder.stamp == nil ? 0 : 1, folder.isMissing ? 1 : 0, folder.foreignEntries] {
        bytes.append(littleEndian: number)
      }
      bytes.append(littleEndian: folder.stamp?.inode ?? 0)
      bytes.append(littleEndian: folder.stamp?.modified.nanoseconds ?? 0)
      bytes.append(littleEndian: folder.stamp?.changed.nanoseconds ?? 0)
    }
    bytes += [UInt8](repeating: 0, count: ViewHeader.length - 8 - bytes.count)
    bytes.append(littleEndian: XXH64.hash(bytes, seed: 0))
    return bytes
  }

  init(id: UInt64, seed: UInt64) { (self.id, self.seed) = (id, seed) }

  /// Throws for anything but the head of a file of this version that is `size` bytes long.
  init(_ bytes: [UInt8], size: Int) throws(CacheUnusable) {
    guard bytes.count == ViewHeader.length, bytes.starts(with: ViewHeader.magic),
      bytes.span.number64(ViewHeader.length - 8) == XXH64.hash(bytes[..<(ViewHeader.length - 8)], seed: 0)
    else { throw CacheUnusable() }
    func number(_ index: Int) -> Int { Int(truncatingIfNeeded: bytes.span.number64(16 + index * 8)) }
    (id, below, seed) = (bytes.span.number64(16), bytes.span.number64(24), bytes.span.number64(32))
    (recordCount, textLength) = (number(3), number(4))
    counts = MailboxCounts(total: number(5), unread: number(6), flagged: number(7))
    (countInNew, completeCount, hasTwins) = (number(8), number(9), number(10) != 0)
    for place in 0..<2 {
      let first = 11 + place * 6
      let stamp = FolderStamp(
        inode: bytes.span.number64(16 + (first + 3) * 8), modified: .nanoseconds(number(first + 4)),
        changed: .nanoseconds(number(first + 5)))
      folders[place] = FolderKnowledge(
        stamp: number(first) == 0 ? nil : stamp, isMissing: number(first + 1) != 0, foreignEntries: number(first + 2))
    }
    guard (0...Int(Int32.max)).contains(recordCount), textLength >= 0, size - textStart == textLength, counts.total >= 0 else {
      throw CacheUnusable()
    }
  }
}

extension Duration {
  /// Whole nanoseconds, as the file holds them, or the nearest number that 64 bits hold.
  fileprivate var nanoseconds: Int64 {
    components.seconds.saturatingProduct(1_000_000_000).saturatingSum(components.attoseconds / 1_000_000_000)
  }
}
