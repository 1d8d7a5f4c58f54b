// The view of a mailbox is a cache of its two folders: the names in order, and what the front of each file says. The Maildir is
// the truth; whatever is wrong with a view, it is made anew. Two files in `views/`, each replaced as a whole by rename:
//
//   NAME           256 bytes of header · 72 bytes for each message, oldest first · the texts of each, in the same order
//   NAME,changes   the same form: what has changed since, in the order of the view. Its records stand before a record of the view,
//                  in its place, or take it away. A comma is in no user's name.
//
// A header says whether the folders are still as they were (inode and times) and holds the counts of view and changes together:
// a count reads it alone. Records carry a checksum each and one over their texts, so that any part can be read by itself: the
// newest 20 of a million are two short reads.
//
//   state                           what a reader finds            what a crash, or another writer, leaves
//   folders as the header says      the view is right              -
//   folders differ                  lists what differs, keeps the  -
//                                   rest, then writes one of:
//     few changes: NAME,changes     the old file or the new one    the same, and a stray in tmp/
//     many: NAME anew               changes of another view (`below` is not its id): not looked at
//   power lost after a write        nothing is synced: a file may be empty, short or zeros: a checksum or the size says so
//   not readable, not writable      the folders are listed each time
//
// Two writers at once: each writes what it saw; the later one stands, and is right or stale by its own stamps.
//
// When are the folders "as they were"? Times of file systems tick slowly: names that change within one tick leave the same time.
// So a stamp is kept only if, before the listing began, the clock of the same file system had gone past it: the file that is
// going to be the view is made and written before, and its own time is that clock. Nothing is assumed of this machine's clock.

internal import SpoolLayout
internal import Mailbox
internal import SystemCalls

/// An open view, of which parts are read.
final class ViewFile {
  let header: ViewHeader
  private let file: FileDescriptor

  /// Opens `name` in a folder; throws where that is no whole view.
  init(opening name: String, in folder: Directory) throws(CacheUnusable) {
    let file = try usable(folder.open(name, .read))
    let status: FileStatus
    do throws(SystemError) { status = try file.status() } catch { throw CacheUnusable() }
    // Anything but a regular file is not read; without a head it is refused as a damaged view is.
    var head: [UInt8] = []
    if status.kind == .file { do throws(SystemError) { head = try file.read(ViewHeader.length, at: 0) } catch { throw CacheUnusable() } }
    header = try ViewHeader(head, size: status.size)
    self.file = file
  }

  /// The records in a range of indexes.
  func records(_ range: Range<Int>) throws(CacheUnusable) -> [ViewRecord] {
    let bytes = try usable(file.read(range.count * ViewRecord.length, at: ViewHeader.length + range.lowerBound * ViewRecord.length))
    var records: [ViewRecord] = []
    records.reserveCapacity(range.count)
    for index in range {
      let record = try ViewRecord(bytes.span, at: (index - range.lowerBound) * ViewRecord.length, seed: header.id, index: index)
      guard record.offset >= 0, record.offset + record.length <= header.textLength else { throw CacheUnusable() }
      records.append(record)
    }
    return records
  }

  /// Bytes of the texts from `offset` on.
  func texts(_ count: Int, at offset: Int) throws(CacheUnusable) -> [UInt8] {
    let bytes = try usable(file.read(count, at: header.textStart + offset))
    if bytes.count != count { throw CacheUnusable() }
    return bytes
  }
}
