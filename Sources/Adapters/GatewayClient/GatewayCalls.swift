// One call of a gateway's command, and the file that its answer goes to.
//
//   state      what exists                                        a crash of the caller here leaves
//   made       pay/attempt/KEY.VERB, empty, with room for it      a file that says nothing; the next call takes its place
//   running    the same, the command under its supervisor, which  the command goes on and so do the locks: later commands find
//              holds every lock that the caller held              the message busy until the answer is in the file
//   ended      the first 4 KiB of what it printed are in the      the answer, for the next holder of the message's lock
//              file, and behind them a line that tells the end
//   over       removed, once the ledger has what it said          a file whose payment is settled; removed after 36 hours
//
// The caller waits as long as a call may take, and a little longer where that costs nothing; the command may run longer, until it
// is ended after 30 seconds, and answer into its file. The file is not fsynced: what a power cut takes is asked again.

package import Gateways
package import SharedKernel
package import SpoolLayout
package import SystemCalls

package final class GatewayCalls {
  /// What is read of an answer, and of a complaint. A longer file was left by a version that kept all that a command printed; it counts
  /// for no answer, and the gateway is asked again.
  private static let longestAnswer = 64 << 10
  private static let longestComplaint = 300

  /// How a call is made.
  package struct Limits: Hashable, Sendable {
    /// How long the caller waits.
    package let patience: Duration
    /// After this the command is ended.
    package let lifetime: Duration

    package init(patience: Duration, lifetime: Duration) { (self.patience, self.lifetime) = (patience, lifetime) }
  }

  private let root: SpoolRoot
  private let gateway: GatewayName
  private let command: GatewayCommand
  private let limits: Limits

  /// Calls on the gateway `gateway` from the spool at `root`.
  package init(
    root: SpoolRoot, gateway: GatewayName, command: GatewayCommand, limits: Limits
  ) {
    self.root = root
    (self.gateway, self.command, self.limits) = (gateway, command, limits)
  }

  /// Starts the command. After a failure it was certainly not run: 74 where the disk has no room for an answer.
  package func begin(_ verb: GatewayVerb, _ subject: GatewayRequest) throws(Failure) -> RunningCall {
    guard let program = command.program else { throw command.missing(gateway) }
    do throws(SystemError) { return try start(program, verb, subject) } catch {
      let isDisk = [.noSpace, .quotaExceeded, .inputOutput].contains(error.code)
      throw Failure(isDisk ? .inputOutput : .temporary, "gateway \(gateway): \(error)", remedy: "it was not asked; try again")
    }
  }

  /// Runs the command and waits for its answer; nil when it did not come in time, which leaves the command at work.
  package func call(_ verb: GatewayVerb, _ subject: GatewayRequest) throws(Failure) -> GatewayAnswer? {
    try begin(verb, subject).answer(until: .after(limits.patience))
  }

  /// A command at work. It goes on when this is dropped.
  package final class RunningCall {
    private let verb: GatewayVerb
    private let file: FileDescriptor
    private let program: SupervisedProgram

    fileprivate init(_ verb: GatewayVerb, _ file: consuming FileDescriptor, _ program: SupervisedProgram) {
      self.verb = verb
      self.file = file
      self.program = program
    }

    /// Its answer; nil when that has not come by then.
    package func answer(until deadline: Deadline) -> GatewayAnswer? {
      do throws(SystemError) {
        guard try program.wait(until: deadline) else { return nil }
        let attempt = GatewayAttempt(reading: try file.read(GatewayCalls.longestAnswer, at: 0))
        let complaint = GatewayCalls.line(program.complaint(limit: GatewayCalls.longestComplaint))
        let problem = program.failure.map { "its answer could not be kept: \($0)" }
        return attempt.answer(to: verb, complaint: complaint) ?? .doubtful(problem ?? "its supervisor was ended")
      } catch {
        return .doubtful("\(error)")
      }
    }
  }

  private func start(_ program: String, _ verb: GatewayVerb, _ subject: GatewayRequest) throws(SystemError) -> RunningCall {
    let folder = try root.ensureFolder(.attempts)
    let name = GatewayCalls.fileName(verb, subject.key)
    // A command of an earlier call may still have the old file.
    try folder.remove(name)
    let file = try root.createNew(name, in: folder)
    // What was done and cannot be told is worse than what was not done.
    try file.reserve(SupervisedProgram.longestRecord)
    let words =
      command.words.dropFirst() + [verb.rawValue, subject.key, subject.amount.description, subject.currency, subject.account.text]
    let running = try SupervisedProgram(
      path: program, arguments: Array(words), environment: environment, answer: file, limit: limits.lifetime)
    return RunningCall(verb, file, running)
  }

  /// What an earlier call left as its answer; nil where there is none. To be asked only by the holder of the message's lock.
  package func answerLeft(_ verb: GatewayVerb, key: String) throws(Failure) -> GatewayAnswer? {
    do throws(SystemError) {
      let name = GatewayCalls.fileName(verb, key)
      guard let folder = try root.folderIfPresent(.attempts), try folder.status(of: name) != nil,
        let bytes = try folder.open(name, .read).readToEnd(limit: GatewayCalls.longestAnswer)
      else { return nil }
      return GatewayAttempt(reading: bytes).answer(to: verb)
    } catch { throw Failure(storage: error) }
  }

  /// Removes what calls for a key left, once the ledger has it. A command that still runs goes on without a name for its file.
  package func forget(key: String) throws(Failure) { try GatewayCalls.forget(key: key, in: root) }

  /// The same, of any gateway in the spool at `root`.
  package static func forget(key: String, in root: SpoolRoot) throws(Failure) {
    do throws(SystemError) {
      guard let folder = try root.folderIfPresent(.attempts) else { return }
      for verb in GatewayVerb.allCases { try folder.remove(GatewayCalls.fileName(verb, key)) }
    } catch { throw Failure(storage: error) }
  }

  private static func fileName(_ verb: GatewayVerb, _ key: String) -> String { "\(key).\(verb.rawValue)" }

  private var environment: [String] {
    let own = ["HOME", "TZ"].compactMap { name in CurrentProcess.environment(name).map { "\(name)=\($0)" } }
    return ["PATH=\(GatewayCommand.searchPath)", "LANG=C.UTF-8", "MSG_GATEWAY=\(gateway)"] + own
  }

  /// The first line that says something.
  private static func line(_ bytes: [UInt8]) -> String {
    let lines = bytes.split(whereSeparator: { $0 == 10 || $0 == 13 })
    return lines.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
