import CommandLineTool
import Composition
import JSONText
import MessageFormat
import Payments
import Sending
import SharedKernel
import SpoolDirectory
import SystemCalls

/// `msg-send RECIPIENT TEXT`: checks everything, then pays and delivers.
struct SendCommand {
  private let tool: Tool
  private var arguments: Arguments { tool.arguments }

  init(_ tool: Tool) { self.tool = tool }

  /// With `--json` a send that fails, other than by its usage, is answered by an object too.
  func run() throws -> ExitStatus {
    do { return try perform() } catch {
      let failure = Failure(error)
      if arguments.has(SendOptions.json), failure.kind != .usage, !(error is Answered) {
        try tool.output.writeLine(SendReport.failed(nil, failure).line)
      }
      throw (error as? Answered)?.failure ?? failure
    }
  }

  /// A failure that standard output tells of already, or cannot tell of.
  private struct Answered: Error { let failure: Failure }

  private func perform() throws -> ExitStatus {
    guard let list = arguments.operands.first else {
      throw Failure(.usage, "no recipient", remedy: "write msg-send RECIPIENT TEXT; see 'msg-send --help'")
    }
    let deadline = try Budget.deadline(arguments.value(SendOptions.timeout))
    let sender = try arguments.userName(SendOptions.from)
    let key = try arguments.value(SendOptions.id).map { key throws(Failure) in try checkedKey(key) }
    let priority = try priority()
    let path = try spoolLocation(option: arguments.value(CommonOptions.spool))
    let isDryRun = arguments.has(SendOptions.dryRun)
    try arguments.refuse(SendOptions.dryRun, with: SendOptions.printID)

    // Nothing is made on disk before every argument has been looked at.
    let preview = try SpoolPreview(path: path)
    let recipients = try preview.addressBook().recipients(of: list)
    let limit = try preview.maximumSize()
    let text = try MessageText.read(Array(arguments.operands.dropFirst()), limit: limit, tool: tool)
    if arguments.has(SendOptions.skipEmpty), Draft.isEmpty(text) { return .done }
    let draft = try Draft(
      sender: sender, recipients: recipients, subject: arguments.value(SendOptions.subject) ?? "", text: text, priority: priority,
      maximumSize: limit)
    let price = try preview.price(of: draft)
    if isDryRun { return try report(draft, price, preview) }

    let date = SystemClock().now()
    let id =
      if let key { MessageID(sender: sender, key: key) } else { MessageID(sender: sender, at: date, random: try randomBytes(6)) }
    if arguments.has(SendOptions.printID) {
      try tool.output.writeLine(id.description)
      try tool.output.flush()
    }
    let request = SendRequest(
      draft: draft, id: id, isRepeatable: key != nil, price: price, date: date,
      dateOffset: TimeZoneRules.offset(at: date.seconds))
    return try send(request, preview, deadline: deadline)
  }

  private func send(_ request: SendRequest, _ preview: SpoolPreview, deadline: Deadline) throws -> ExitStatus {
    let receipt: Receipt
    do {
      // From here to the receipt a signal waits: the send is finished, or it is undone, never torn.
      TerminationSignals.hold()
      let dispatcher = try SpoolServices(preview: preview, deadline: deadline, announce: tool.diagnostics.note).dispatcher()
      for note in dispatcher.recover(limit: SpoolServices.recoveryBound) { tool.diagnostics.detail(note.description) }
      receipt = try dispatcher.send(request) { TerminationSignals.pending == nil }
    } catch {
      TerminationSignals.release()
      let failure = Failure(error)
      if arguments.has(SendOptions.json) { try tool.output.writeLine(SendReport.failed(request, failure).line) }
      throw Answered(failure: failure)
    }
    for note in receipt.notes { tool.diagnostics.detail(note.description) }
    let balance = receipt.balance.map { ", balance \($0)" } ?? ""
    tool.diagnostics.detail("\(receipt.isRepeat ? "was sent before" : "delivered"): \(receipt.id), price \(receipt.price)\(balance)")
    if arguments.has(SendOptions.json) { try answer(receipt) }
    // The signals stay held: one that came too late to stop the send must not make its status say that nothing was sent.
    return .done
  }

  /// The answer comes after the delivery: if it cannot be written, also for want of a reader, say that the message was sent
  /// nevertheless.
  private func answer(_ receipt: Receipt) throws {
    ignoreBrokenPipes()
    do throws(Failure) {
      try tool.output.writeLine(SendReport.sent(receipt).line)
      try tool.output.flush()
    } catch {
      throw Answered(
        failure: Failure(
          .inputOutput, "message \(receipt.id) WAS delivered and paid, but \(error.happened)", remedy: "do not send it again"))
    }
  }

  private func report(_ draft: Draft, _ price: Int64, _ preview: SpoolPreview) throws(Failure) -> ExitStatus {
    let isJSON = arguments.has(SendOptions.json)
    try tool.output.writeLine(isJSON ? SendReport.preview(draft, price, preview.currency).line : "\(price) \(preview.currency)")
    return .done
  }

  private func priority() throws(Failure) -> Priority {
    guard let word = arguments.value(SendOptions.priority) else { return .normal }
    guard let priority = Priority(rawValue: word) else {
      throw Failure(.usage, "--priority '\(word)': no such priority", remedy: "normal or urgent")
    }
    return priority
  }
}
