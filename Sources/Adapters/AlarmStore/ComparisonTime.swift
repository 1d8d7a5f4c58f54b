// When mailboxes and feed were compared last, and whether a sender has asked for a comparison since.
//
//   alarms/compared        who does that                               what it means
//   a time                 the daemon, at the end of a comparison      the next one is due in ten minutes
//   missing                a sender whose event the feed did not take  a comparison is due
//   "comparing"            the daemon, at its begin, if one was asked  the same: a comparison that was cut off is made again
//
// The time is written at the end into the file that was put there at the begin, and nowhere else: a sender that has asked meanwhile has
// taken the name away, and still finds its request granted. Nothing is synced: an older time, or none, means more work and no harm.

internal import DurableFiles
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// `alarms/compared`.
package struct ComparisonTime {
  private let root: SpoolRoot
  private let file: DerivedFile

  package init(root: SpoolRoot) {
    self.root = root
    file = DerivedFile(root: root, file: .comparisonTime, limit: SizeLimit.line)
  }

  /// Nil before the first comparison, and where a sender has asked for one.
  package func read() throws(SystemError) -> Timestamp? { try file.read().flatMap { Timestamp(rfc3339: String($0.prefix { $0 != "\n" })) } }

  /// A comparison begins; of what happens from here on a sender may ask for another one.
  package func begin() throws(SystemError) -> Comparison {
    let last = try read()
    let file = try root.temporaryFile(SpoolFile.comparisonTime.name)
    try file.descriptor.write(all: Array("\(last?.rfc3339 ?? "comparing")\n".utf8))
    try file.rename(in: try root.folder(.alarms), replacing: SpoolFile.comparisonTime.name)
    return Comparison(file: file, last: last)
  }
}

/// A comparison under way.
package final class Comparison {
  private let file: TemporaryFile
  /// When the one before it began; nil where none is known, or one was asked for.
  package let last: Timestamp?

  fileprivate init(file: TemporaryFile, last: Timestamp?) { (self.file, self.last) = (file, last) }

  /// It is done, and was begun at that time.
  package func finish(_ time: Timestamp) throws(SystemError) {
    try file.descriptor.truncate(to: 0)
    try file.descriptor.write(all: Array("\(time.rfc3339)\n".utf8), at: 0)
  }
}
