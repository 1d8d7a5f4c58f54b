/// Why something was not done, in a form that a person can act on and a script can branch on.
/// Rendered once, by the command-line layer, as `msg-send: what happened: what to do about it`.
package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reasons the exit statuses of the tools distinguish (sysexits.h).
  package enum Kind: String, Hashable, Sendable {
    /// Nothing matched, nothing to report (1).
    case nothing
    /// The command line (64).
    case usage
    /// The input or stored data (65).
    case badData
    /// No such spool, message or account (66).
    case notFound
    /// No such recipient (67).
    case noRecipient
    /// A service that cannot be run (69).
    case unavailable
    /// An invariant did not hold (70).
    case internalError
    /// The spool cannot be created or written (73).
    case cannotCreate
    /// Input or output failed; stored data is intact (74).
    case inputOutput
    /// Not done, safe to try again (75).
    case temporary
    /// Not permitted, or payment declined (77).
    case notPermitted
    /// The configuration, with file and line (78).
    case configuration
  }

  package let kind: Kind
  /// What happened, to what: a sentence without full stop.
  package let message: String
  /// What to do about it; nil where the first half says it all.
  package let remedy: String?

  package init(_ kind: Kind, _ message: String, remedy: String? = nil) {
    self.kind = kind
    self.message = message
    self.remedy = remedy
  }

  package var description: String { remedy.map { "\(message): \($0)" } ?? message }
}
