import CommandLineTool
import Composition
import JSONText
import Sending
import SharedKernel
import SystemCalls

/// `msg-send --batch`: one message for each line of standard input, one answer for each on standard output, in the same order.
/// What has come in together is sent together, up to a bound: the syncs are then shared.
struct BatchCommand {
  /// Messages sent together at most: enough to make the syncs cheap, few enough that one who waits for an answer gets it soon.
  private static let group = 64

  private let tool: Tool
  private let plan: SendPlan
  private let lines: BatchLines

  init(_ tool: Tool) throws(Failure) {
    self.tool = tool
    for option in [SendOptions.id, SendOptions.printID] { try tool.arguments.refuse(SendOptions.batch, with: option) }
    plan = try SendPlan(tool)
    lines = BatchLines(sender: try tool.arguments.userName(SendOptions.from), arguments: tool.arguments)
  }

  func run() throws -> ExitStatus {
    let input = LineReader(limit: plan.limit * 6 + 65536)
    var worst = ExitStatus.done
    var isFirst = true
    while let read = try input.next() {
      for group in read.groups(of: BatchCommand.group) {
        let status = try answer(group, isFirst: isFirst)
        if status.code > worst.code { worst = status }
        isFirst = false
      }
    }
    return worst
  }

  /// What a line asks for, or its answer already.
  private enum Item {
    case send(SendRequest)
    case answered(JSONValue, ExitStatus)
  }

  private func answer(_ group: ArraySlice<LineReader.Line>, isFirst: Bool) throws -> ExitStatus {
    let items = group.map(item)
    let requests = items.compactMap { if case .send(let request) = $0 { request } else { nil } }
    // A signal waits until the group is answered for; it then ends the command between two groups.
    TerminationSignals.hold()
    var results = try send(requests, isFirst: isFirst)[...]
    var worst = ExitStatus.done
    for (line, item) in zip(group, items) {
      let (answer, status): (JSONValue, ExitStatus)
      switch item {
      case .answered(let value, let known): (answer, status) = (value, known)
      case .send(let request):
        switch results.removeFirst() {
        case .success(let receipt): (answer, status) = (SendReport.sent(receipt), .done)
        case .failure(let failure): (answer, status) = (SendReport.failed(request, failure), ExitStatus(failure.kind))
        }
      }
      try tool.output.writeLine(SendReport.numbered(answer, line: line.number).line)
      if status.code > worst.code { worst = status }
    }
    try hand(group)
    TerminationSignals.release()
    return worst
  }

  /// The answers come after the deliveries: if they cannot be written, say so.
  private func hand(_ group: ArraySlice<LineReader.Line>) throws(Failure) {
    do throws(Failure) { try tool.output.flush() } catch {
      let numbers = "lines \(group.first?.number ?? 0) to \(group.last?.number ?? 0)"
      throw Failure(
        .inputOutput, "\(numbers) were handled, but \(error.happened)", remedy: "give each line an \"id\" and repeat: none is sent twice")
    }
  }

  private func send(_ requests: [SendRequest], isFirst: Bool) throws -> [Result<Receipt, Failure>] {
    if requests.isEmpty { return [] }
    let deadline = try Budget.deadline(tool.arguments.value(SendOptions.timeout))
    do {
      let dispatcher = try SpoolServices(preview: plan.preview, deadline: deadline, announce: tool.diagnostics.note).dispatcher()
      if isFirst { for note in comeBy(dispatcher) { tool.diagnostics.detail(note.description) } }
      let results = dispatcher.send(requests) { TerminationSignals.pending == nil }
      for case .success(let receipt) in results { for note in receipt.notes { tool.diagnostics.detail(note.description) } }
      return results
    } catch {
      let failure = Failure(error)
      return requests.map { _ in .failure(failure) }
    }
  }

  private func item(_ line: LineReader.Line) -> Item {
    do throws(Failure) {
      let words = try lines.words(line)
      if tool.arguments.has(SendOptions.skipEmpty), Draft.isEmpty(words.text) { return .answered(.record([("state", "skipped")]), .done) }
      let request = try plan.request(words)
      if tool.arguments.has(SendOptions.dryRun) { return .answered(SendReport.preview(request, plan.preview.currency), .done) }
      return .send(request)
    } catch { return .answered(SendReport.failed(nil, error), ExitStatus(error.kind)) }
  }
}

extension Array {
  /// The elements in runs of at most `count`.
  fileprivate func groups(of count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}
