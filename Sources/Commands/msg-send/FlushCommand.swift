import Assembly
import CommandLineTool
import GatewayClient
import JSONText
import Sending
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-send --flush`: tries what waits and is due, and finishes what earlier sends left in the outbox. For cron.
///
/// A gateway outside may take long for one payment and still take several at a time. What waits is then tried by half as many processes
/// again as it has slots, so that a slot does not wait while a message is written to the disk: each goes over all that waits, and a
/// message's lock says which process has it.
struct FlushCommand {
  /// How long the whole may take where `--timeout` does not say: long enough for any queue, short enough to end.
  private static let budget = Duration.seconds(3600)

  private let tool: Tool
  private let path: String
  private let deadline: Deadline
  private var isAll: Bool { tool.arguments.has(SendOptions.all) }

  init(_ tool: Tool) throws(Failure) {
    self.tool = tool
    path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
    let timeout = tool.arguments.value(SendOptions.timeout)
    deadline = try timeout == nil ? .after(FlushCommand.budget) : Budget.deadline(timeout)
  }

  func run() throws(Failure) -> ExitStatus {
    TerminationSignals.hold()
    defer { TerminationSignals.release() }
    let report = tool.diagnostics.level == .verbose ? try FlushReport(services().sentMessages()) : nil
    let (leftovers, processes) = try finishLeftovers()
    var problems = try leftovers + (processes > 1 ? flush(by: processes) : flush())
    problems += try removeWhatIsOver()
    for problem in problems { tool.diagnostics.report(problem) }
    if let report { for line in try report.lines(services().sentMessages()) { tool.diagnostics.detail(line) } }
    return problems.first { $0.kind != .nothing }.map { ExitStatus($0.kind) } ?? .done
  }

  private func services() throws(Failure) -> SpoolServices {
    try SpoolServices(path: path, purpose: .writing, deadline: deadline, announce: tool.diagnostics.note)
  }

  private var mayGoOn: Bool { TerminationSignals.pending == nil && Deadline.now < deadline }

  /// What cannot be finished of what earlier sends left, and how many processes it takes for the rest.
  private func finishLeftovers() throws(Failure) -> (problems: [Failure], processes: Int) {
    let services = try services()
    let sending = try services.sending()
    let problems = sending.recovery.recover(limit: .max) { mayGoOn }
    guard let slots = try gatewaySlots(services.spool.configuration) else { return (problems, 1) }
    return (problems, try sending.queue.waitingCount(limit: slots + (slots + 1) / 2, dueOrNot: isAll))
  }

  /// Strays, and once everything was looked at also the marks of what waits no more.
  private func removeWhatIsOver() throws(Failure) -> [Failure] {
    let services = try services()
    try services.spool.prune(now: SystemClock().now())
    return isAll ? try services.sending().queue.removeStaleMarks { mayGoOn } : []
  }

  private func flush() throws(Failure) -> [Failure] {
    let queue = try services().sending().queue
    return isAll ? queue.flushAll { mayGoOn } : queue.flush { mayGoOn }
  }

  /// Nothing of the spool is open here meanwhile: the processes would share its locks.
  private func flush(by count: Int) throws(Failure) -> [Failure] {
    let workers: Workers
    do throws(SystemError) {
      workers = try Workers(count) { _ in
        do throws(Failure) { return try flush().map { $0.line }.joined() } catch { return error.line }
      }
    } catch { throw Failure(storage: error) }
    if workers.count == 0 { return try flush() }
    // A signal that ends this process ends them too, after the message they have in hand.
    TerminationSignals.release()
    let (texts, lost): (String, Int)
    do throws(SystemError) { (texts, lost) = try workers.finish() } catch { throw Failure(storage: error) }
    TerminationSignals.hold()
    var problems: [Failure] = []
    for line in texts.split(separator: "\n") {
      // Most have the same to say of a gateway.
      if let problem = Failure(line: String(line)), !problems.contains(problem) { problems.append(problem) }
    }
    if lost > 0 {
      problems.append(
        Failure(.temporary, "\(lost) of \(count) processes were ended before they were done", remedy: "what they left waits; run it again"))
    }
    return problems
  }
}

extension Failure {
  /// One line, for another process of the same program.
  fileprivate var line: String {
    JSONValue.record([
      ("kind", .string(kind.rawValue)), ("message", .string(message)), ("remedy", remedy.map { .string($0) }),
    ]).line + "\n"
  }

  fileprivate init?(line: String) {
    guard let value = try? JSONValue(parsing: line), let kind = value["kind"]?.string.flatMap(Kind.init),
      let message = value["message"]?.string
    else { return nil }
    self.init(kind, message, remedy: value["remedy"]?.string)
  }
}
