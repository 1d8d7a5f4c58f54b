package import SharedKernel

/// A file of the spool that has a fixed name.
package struct SpoolFile: Hashable, Sendable, CustomStringConvertible {
  /// The folder it is in; nil for the spool's root.
  package let folder: SpoolFolder?
  /// What it is called there.
  package let name: String

  private init(_ name: String, in folder: SpoolFolder? = nil) { (self.folder, self.name) = (folder, name) }

  /// Relative to the spool's root.
  package var path: String { folder?.file(name) ?? name }

  package var description: String { path }
}

extension SpoolFile {
  /// Says that a folder is a spool, and of which format.
  package static let format = SpoolFile("format")
  /// The settings.
  package static let configuration = SpoolFile("config")
  /// Words that stand for users.
  package static let aliases = SpoolFile("aliases")
  /// Which senders may pay from which account.
  package static let payers = SpoolFile("payers")
  /// How much may be sent and paid.
  package static let limits = SpoolFile("limits")
  /// What accounts are given in each day, week or month.
  package static let allowances = SpoolFile("allowances")
  /// The network mounts on which the spool was proven to be safe.
  package static let mounts = SpoolFile("mounts")
  /// A line for each change of a breaker's state.
  package static let gatewayEvents = SpoolFile("events.log", in: .payments)
  /// When the book was verified last, and how many faults were found.
  package static let lastVerification = SpoolFile("verified", in: .ledgerCache)
  /// How far the daemon has come in the feed.
  package static let cursor = SpoolFile("alarmd", in: .consumers)
  /// The lock of the one daemon, and its process id.
  package static let daemonLock = SpoolFile("pid", in: .alarms)
  /// What the daemon says of itself.
  package static let daemonStatus = SpoolFile("status", in: .alarms)
  /// The highest id that a silence has had.
  package static let lastSilence = SpoolFile("last", in: .silences)
  /// Held while a silence is made.
  package static let silenceLock = SpoolFile("lock", in: .silences)
  /// Runs of hooks that were begun.
  package static let startedRuns = SpoolFile("started", in: .alarms)
  /// Events that the feed had missed.
  package static let recoveredEvents = SpoolFile("recovered", in: .alarms)
  /// When mailboxes and feed were compared last.
  package static let comparisonTime = SpoolFile("compared", in: .alarms)

  /// What a message in `failed/` is called once a later one of the same id stands there under its name.
  package static func earlierName(of name: String, accepted: Timestamp) -> String { "\(name)~\(accepted.microseconds)" }

  /// Why a message was given up, for people.
  package static func reason(of id: MessageID) -> SpoolFile { SpoolFile("\(id).reason", in: .failed) }
}
