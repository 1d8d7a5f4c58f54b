// The publish protocol, the one place that knows in which order files become durable.
//
//   state          what exists                                  a crash here leaves
//   written        tmp/NAME, locked by its writer               a stray in tmp/, removed after 36 hours
//   synced         the same, content durable                    the same
//   named          the final name; tmp/NAME is gone             after a power cut the old state or the new one, never a part
//   published      the same, the name durable                   the file
//
// fsync of the file comes before the name exists, fsync of the directory before success is reported. A failed fsync is final:
// Linux marks the pages clean, so a second call would succeed without having written anything (invariant 9).

package import SystemCalls

/// A file that is being written in `tmp/` and has no public name yet.
/// Dropping it unpublished removes it.
package final class TemporaryFile {
  package let descriptor: FileDescriptor
  private let directory: Directory
  private let name: String
  private var isPublished = false

  /// Makes `name` in `directory`, exclusively.
  package init(in directory: Directory, name: String, mode: UInt32 = 0o600) throws(SystemError) {
    self.directory = directory
    self.name = name
    descriptor = try directory.open(name, .createExclusively, mode: mode)
  }

  deinit {
    // A stray is harmless and no caller waits for the answer, so a failure here is ignored.
    if !isPublished { _ = try? directory.remove(name) }
  }

  /// Writes the content and makes it durable.
  package func write(_ bytes: [UInt8]) throws(SystemError) {
    try descriptor.write(all: bytes)
    try descriptor.sync()
  }

  /// Gives the file its final name, which must be free (EEXIST). Durable once `target` is synced.
  package func rename(in target: Directory, exclusively finalName: String) throws(SystemError) {
    try directory.rename(name, to: target, claiming: finalName)
    isPublished = true
  }

  /// Puts the file in the place of what has the name. Durable once `target` is synced; a derived file needs no sync.
  package func rename(in target: Directory, replacing finalName: String) throws(SystemError) {
    try directory.rename(name, to: target, replacing: finalName)
    isPublished = true
  }

  /// Gives the file its final name, which must be free (EEXIST), and makes the name durable.
  package func publish(in target: Directory, as finalName: String) throws(SystemError) {
    try rename(in: target, exclusively: finalName)
    try target.sync()
  }

  /// Puts the file in the place of what has the name, and makes that durable.
  package func publish(in target: Directory, replacing finalName: String) throws(SystemError) {
    try rename(in: target, replacing: finalName)
    try target.sync()
  }
}
