internal import SpoolLayout
internal import Mailbox

extension ViewRecord {
  /// Throws unless `storage` holds whole packed texts of this record at `start`, with a name that stays in its folder.
  func check(_ storage: [UInt8], at start: Int) throws(CacheUnusable) {
    guard start >= 0, start + length <= storage.count, ViewRecord.textSum(storage[start..<start + length]) == textSum,
      MailboxEntry.packedLength(storage, at: start, before: start + length) == length
    else { throw CacheUnusable() }
    let name = storage[MailboxEntry.nameRange(storage, at: start)]
    if name.isEmpty || name.contains(UInt8(ascii: "/")) || name.contains(0) { throw CacheUnusable() }
  }
}
