import Assembly
import CommandLineTool
import JSONText
import Sending
import SharedKernel
import SystemCalls

/// `msg-send --batch`: one message for each line of standard input, one answer for each on standard output, in the same order.
/// What has come in together is sent together, up to a bound: the syncs are then shared.
struct BatchCommand {
  private let tool: Tool
  private let plan: SendPlan
  private let lines: BatchLines
  private let sending: BatchSending

  init(_ tool: Tool) throws(Failure) {
    self.tool = tool
    for option in [SendOptions.id, SendOptions.printID] { try tool.arguments.refuse(SendOptions.batch, with: option) }
    plan = try SendPlan(tool)
    sending = try BatchSending(tool, plan)
    lines = try BatchLines(sender: try tool.arguments.userName(SendOptions.from), arguments: tool.arguments)
  }

  func run() throws(Failure) -> ExitStatus {
    let input = InputLines(limit: plan.limit * 6 + 65536)
    var summary = BatchSummary()
    var isFirst = true
    while let read = try input.next() {
      for group in read.groups(of: sending.group) {
        try answer(group, isOpportunistic: isFirst, &summary)
        tool.diagnostics.progress(summary.description)
        isFirst = false
      }
    }
    tool.diagnostics.note(summary.description)
    return summary.worst
  }

  /// What a line asks for, or its answer already.
  private enum BatchItem {
    case send(SendRequest)
    case answered(BatchAnswer)
  }

  private func answer(_ group: ArraySlice<InputLines.InputLine>, isOpportunistic: Bool, _ summary: inout BatchSummary) throws(Failure) {
    let items = group.map(item)
    let requests = items.compactMap { if case .send(let request) = $0 { request } else { nil } }
    // A signal waits until the group is answered for; it then ends the command between two groups.
    TerminationSignals.hold()
    if isOpportunistic, !requests.isEmpty { sending.recoverOpportunistically() }
    var answers = sending.send(requests)[...]
    for (line, item) in zip(group, items) {
      let (answer, echo): (BatchAnswer, BatchEcho)
      switch item {
      case .answered(let known): (answer, echo) = (known, lines.echo(line))
      case .send(let request): (answer, echo) = (answers.removeFirst(), BatchEcho(to: nil, key: request.key))
      }
      try tool.output.writeLine(SendReport.answer(answer.value, line: line.number, echo).line)
      summary.add(answer)
    }
    try hand(group)
    TerminationSignals.release()
  }

  /// The answers come after the deliveries: if they cannot be written, say so.
  private func hand(_ group: ArraySlice<InputLines.InputLine>) throws(Failure) {
    do throws(Failure) { try tool.output.flush() } catch {
      let numbers = "lines \(group.first?.number ?? 0) to \(group.last?.number ?? 0)"
      throw Failure(
        .inputOutput, "\(numbers) were handled, but \(error.message)", remedy: "give each line an \"id\" and repeat: none is sent twice")
    }
  }

  private func item(_ line: InputLines.InputLine) -> BatchItem {
    do throws(Failure) {
      var words = try lines.words(line)
      if tool.arguments.has(SendOptions.truncate) { words.text = plan.shortened(words.text, subject: words.subject) }
      if tool.arguments.has(SendOptions.skipEmpty), Draft.isEmpty(words.text) {
        return .answered(BatchAnswer(value: .record([("state", "skipped")]), status: .done))
      }
      let request = try plan.request(words)
      if tool.arguments.has(SendOptions.dryRun) {
        try plan.preview.check(request, deadline: try Budget.deadline(tool.arguments.value(SendOptions.timeout)))
        return .answered(BatchAnswer(value: SendReport.preview(request, plan.preview.currency), status: .done))
      }
      return .send(request)
    } catch { return .answered(BatchAnswer(value: SendReport.failed(nil, error, .none), status: ExitStatus(error.kind))) }
  }
}

extension Array {
  /// The elements in runs of at most `count`.
  fileprivate func groups(of count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}
