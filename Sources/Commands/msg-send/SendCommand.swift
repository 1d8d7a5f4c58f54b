import Assembly
import CommandLineTool
import JSONText
import Ledger
import MessageFormat
import Sending
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-send RECIPIENT TEXT`: checks everything, then pays and delivers.
final class SendCommand {
  private let tool: Tool
  private var arguments: Arguments { tool.arguments }

  /// Whether standard output tells of a failure already, or cannot tell of it.
  private var isAnswered = false

  init(_ tool: Tool) { self.tool = tool }

  /// With `--json` a send that fails, other than by its usage, is answered by an object too.
  func run() throws(Failure) -> ExitStatus {
    do throws(Failure) { return try perform() } catch {
      if arguments.has(SendOptions.json), error.kind != .usage, !isAnswered {
        try tool.output.writeLine(SendReport.failed(nil, error, error.kind == .notPermitted ? .declined : .none).line)
      }
      throw error
    }
  }

  private func perform() throws(Failure) -> ExitStatus {
    let deadline = try Budget.deadline(arguments.value(SendOptions.timeout))
    let sender = try arguments.userName(SendOptions.from)
    if let key = arguments.value(SendOptions.id) { _ = try checkedKey(key) }
    try arguments.refuse(SendOptions.dryRun, with: SendOptions.printID)

    let plan = try SendPlan(tool)
    let original = try original(for: sender, plan)
    let isAnswer = original != nil && !arguments.has(SendOptions.forward)
    var words = MessageWords(sender: sender, recipients: try recipients(original))
    words.subject = arguments.value(SendOptions.subject) ?? (isAnswer ? original?.answeringSubject : original?.forwardingSubject) ?? ""
    words.inReplyTo = isAnswer ? original?.messageID : nil
    words.account = arguments.value(SendOptions.account)
    words.key = arguments.value(SendOptions.id)
    words.priority = arguments.value(SendOptions.priority)
    words.time = arguments.value(SendOptions.at)
    try plan.check(words)
    words.text = try text(Array(arguments.operands.dropFirst(isAnswer ? 0 : 1)), isAnswer ? nil : original, plan, words.subject)
    if arguments.has(SendOptions.skipEmpty), Draft.isEmpty(words.text) { return .done }
    let request = try plan.request(words)
    if arguments.has(SendOptions.dryRun) {
      try plan.preview.check(request, deadline: deadline)
      return try report(request, plan.preview)
    }
    if arguments.has(SendOptions.printID) {
      try tool.output.writeLine(request.id.description)
      try tool.output.flush()
    }
    let status = try send(request, plan.preview, deadline: deadline)
    if let failure = isAnswer ? original?.markAnswered() : original?.markPassedOn() { tool.diagnostics.report(failure) }
    return status
  }

  /// The text to send. What is passed on needs no words of one's own, so none are read where none are given.
  private func text(_ words: [String], _ forwarded: OriginalMessage?, _ plan: SendPlan, _ subject: String) throws(Failure) -> [UInt8] {
    let isShortened = arguments.has(SendOptions.truncate)
    let isRead = forwarded == nil || !words.isEmpty
    let own = isRead ? try TextInput.read(words, limit: plan.limit, isShortened: isShortened, tool: tool) : []
    let whole = forwarded?.forwarded(below: own) ?? own
    return isShortened ? plan.shortened(whole, subject: subject) : whole
  }

  /// The message that is answered or passed on; nil for a send of its own.
  private func original(for sender: Name, _ plan: SendPlan) throws(Failure) -> OriginalMessage? {
    guard let word = [SendOptions.reply, SendOptions.replyAll, SendOptions.forward].compactMap(arguments.value).first else { return nil }
    return try OriginalMessage(word, of: sender, in: Spool.open(at: plan.preview.path, for: .reading))
  }

  private func recipients(_ original: OriginalMessage?) throws(Failure) -> [String] {
    if let original, arguments.has(SendOptions.reply) { return [try original.sender().text] }
    if let original, arguments.has(SendOptions.replyAll) {
      return try original.everybody { tool.diagnostics.note("'\($0)' has no mailbox here and gets no copy") }.map { $0.text }
    }
    guard let list = arguments.operands.first else {
      throw Failure(.usage, "no recipient", remedy: "write msg-send RECIPIENT TEXT; see 'msg-send --help'")
    }
    return [list]
  }

  private func send(_ request: SendRequest, _ preview: SpoolPreview, deadline: Deadline) throws(Failure) -> ExitStatus {
    let receipt: Receipt
    var sender: MessageSender?
    do throws(Failure) {
      // From here to the receipt a signal waits: the send is finished, or it is undone, never torn.
      TerminationSignals.hold()
      let opened = try SpoolServices(preview: preview, deadline: deadline, announce: tool.diagnostics.note).sending()
      sender = opened.sender
      for note in recoverOpportunistically(opened.recovery) { tool.diagnostics.detail(note.description) }
      receipt = try opened.sender.send(request) { TerminationSignals.pending == nil }
    } catch {
      TerminationSignals.release()
      let failure = error
      if arguments.has(SendOptions.json) {
        let payment = sender?.paymentWord(request.id, failure) ?? .none
        try tool.output.writeLine(SendReport.failed(request, failure, payment).line)
      }
      isAnswered = true
      throw failure
    }
    for note in receipt.notes { tool.diagnostics.detail(note.description) }
    SendReport.tell(receipt, preview.currency, tool.diagnostics)
    if arguments.has(SendOptions.json) { try answer(receipt, sender?.paymentWord(receipt) ?? .unknown) }
    // The signals stay held: one that came too late to stop the send must not make its status say that nothing was sent.
    return .done
  }

  /// The answer comes after the delivery: if it cannot be written, also for want of a reader, say that the message was sent
  /// nevertheless.
  private func answer(_ receipt: Receipt, _ payment: PaymentWord) throws(Failure) {
    ignoreBrokenPipes()
    do throws(Failure) {
      try tool.output.writeLine(SendReport.sent(receipt, payment).line)
      try tool.output.flush()
    } catch {
      isAnswered = true
      throw Failure(
        .inputOutput,
        "message \(receipt.id) WAS \(receipt.state == .delivered ? "delivered and paid" : "accepted"), but \(error.message)",
        remedy: "do not send it again")
    }
  }

  private func report(_ request: SendRequest, _ preview: SpoolPreview) throws(Failure) -> ExitStatus {
    let isJSON = arguments.has(SendOptions.json)
    if let time = request.draft.notBefore, !isJSON {
      tool.diagnostics.note("would be delivered at \(LocalTime.system.absoluteAndRelative(time, now: request.date))")
    }
    try tool.output.writeLine(
      isJSON ? SendReport.preview(request, preview.currency).line : "\(preview.currency.text(request.price)) \(preview.currency.name)")
    return .done
  }
}
