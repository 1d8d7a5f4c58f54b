import TestSupport
import Testing

/// One command that changes a spool, and how to make a spool in which it has something to do.
struct FaultCase: Sendable, CustomTestStringConvertible {
  /// What its status says when it is not 0.
  enum Refusal: Sendable {
    /// Nothing was done, nor will be.
    case nothingIsDone
    /// It is done or not, and the same command may be given again.
    case mayBeDone
    /// A part of it may be done, and the same command, given again, does the rest.
    case mayBePartlyDone
  }

  let testDescription: String
  let tool: String
  let user: String
  let arguments: [String]
  var input: String?
  var refusal = Refusal.nothingIsDone
  /// Whether the same command again says 0, and changes nothing that was done.
  var isRepeatable = true
  /// Whether what it does is done by any later command too.
  var isRecovery = false
  /// Whether alarms are told before it is looked at what there is.
  var tellsAlarms = false
  /// Whether what was answered survives a power cut; flags of messages need not.
  var isDurable = true
  /// Whether a gateway is never decided, so that a message stays where it is.
  var staysOpen = false
  var scope = FaultyCommand.Scope.everyProcess
  /// Brings a spool that is not made yet into the state; what it returns stands behind the arguments.
  let prepare: @Sendable (TestSpool) throws -> [String]

  init(
    _ name: String, _ tool: String, _ arguments: [String], user: String = "alice",
    prepare: @escaping @Sendable (TestSpool) throws -> [String]
  ) {
    (testDescription, self.tool, self.arguments, self.user, self.prepare) = (name, tool, arguments, user, prepare)
  }

  func with(_ change: (inout FaultCase) -> Void) -> FaultCase {
    var other = self
    change(&other)
    return other
  }
}

extension TestSpool {
  /// Runs a command that has to work.
  func mustRun(_ tool: String, _ arguments: String..., user: String = "alice", input: String? = nil) throws {
    let outcome = try run(tool, arguments, user: user, input: input)
    guard outcome.status == 0 else { throw HarnessFailure("\(tool) \(arguments): \(outcome)") }
  }

  /// Runs a shell script in the spool.
  func shell(_ script: String) throws -> ToolRun { try TestSupport.run("sh", ["-c", "cd '\(path)' && \(script)"]) }

  /// Writes the settings; the spool need not be there.
  func configure(_ text: String) throws {
    try folder.write("spool/config", text)
    guard try shell("chmod 700 .").status == 0 else { throw HarnessFailure("chmod") }
  }
}
