import Assembly
import CommandLineTool
import GatewayClient
import JSONText
import Sending
import SharedKernel
import SpoolLayout
import SystemCalls

/// The answer to one message of a batch.
struct BatchAnswer {
  let value: JSONValue
  let status: ExitStatus
}

/// Sends what has come in together. At the ledger messages share their syncs. A gateway takes one payment a call, and a call takes its
/// time, so there messages for different receivers are sent beside each other, by processes of their own, each within its own
/// `--timeout`; those for one receiver go one after the other and arrive in their order.
struct BatchSending {
  /// Messages sent together at the ledger: enough to make the syncs cheap, few enough that answers come soon.
  private static let sharingSyncs = 64

  private let tool: Tool
  private let plan: SendPlan
  /// Messages sent beside each other; nil at the ledger.
  private let calls: Int?

  init(_ tool: Tool, _ plan: SendPlan) throws(Failure) {
    (self.tool, self.plan, calls) = (tool, plan, try gatewaySlots(plan.preview.configuration))
  }

  /// How many to give to `send` at most.
  var group: Int { calls ?? BatchSending.sharingSyncs }

  /// Does a little for others first, as every send does.
  func recoverOpportunistically() {
    do throws(Failure) {
      for note in msg_send.recoverOpportunistically(try services().sending().recovery) { tool.diagnostics.detail(note.description) }
    } catch {
      tool.diagnostics.detail(error.description)
    }
  }

  /// Answers in the order of the requests.
  func send(_ requests: [SendRequest]) -> [BatchAnswer] {
    guard let calls else { return sendTogether(requests) }
    var answers: [BatchAnswer] = []
    var rest = requests[...]
    while !rest.isEmpty {
      let round = BatchSending.foreignEntries(in: rest, atMost: calls)
      answers += round.count == 1 ? sendTogether(Array(round)) : sendApart(Array(round))
      rest = rest.dropFirst(round.count)
    }
    return answers
  }

  /// Opens the spool, within a budget that begins now.
  private func services() throws(Failure) -> SpoolServices {
    let deadline = try Budget.deadline(tool.arguments.value(SendOptions.timeout))
    return try SpoolServices(preview: plan.preview, deadline: deadline, announce: tool.diagnostics.note)
  }

  private func sendTogether(_ requests: [SendRequest]) -> [BatchAnswer] {
    if requests.isEmpty { return [] }
    do throws(Failure) {
      let sender = try services().sending().sender
      let results = sender.send(requests) { TerminationSignals.pending == nil }
      return zip(requests, results).map { request, result in
        switch result {
        case .success(let receipt):
          for note in receipt.notes { tool.diagnostics.detail(note.description) }
          return BatchAnswer(value: SendReport.sent(receipt, sender.paymentWord(receipt)), status: .done)
        case .failure(let failure): return failed(request, failure, sender.paymentWord(request.id, failure))
        }
      }
    } catch {
      return requests.map { failed($0, error, .none) }
    }
  }

  /// The first requests of which no two are for the same receiver, or of the same id.
  private static func foreignEntries(in requests: ArraySlice<SendRequest>, atMost limit: Int) -> ArraySlice<SendRequest> {
    var (receivers, ids) = (Set<Name>(), Set<MessageID>())
    let round = requests.prefix(limit).prefix { request in
      let isStrange = receivers.isDisjoint(with: request.draft.recipients) && !ids.contains(request.id)
      receivers.formUnion(request.draft.recipients)
      ids.insert(request.id)
      return isStrange
    }
    return round
  }

  /// A process a request. Nothing of the spool is open here meanwhile: they would share its locks.
  private func sendApart(_ requests: [SendRequest]) -> [BatchAnswer] {
    var answers: [Int: BatchAnswer] = [:]
    let workers: Workers
    do throws(SystemError) {
      workers = try Workers(requests.count) { number in
        let answer = sendTogether([requests[number]])[0]
        return JSONValue.array([.integer(Int64(number)), .integer(Int64(answer.status.code)), answer.value]).line + "\n"
      }
    } catch {
      // None was started.
      let failure = Failure(storage: error)
      return requests.map { failed($0, failure, .none) }
    }
    let started = workers.count
    for line in BatchSending.texts(of: workers).split(separator: "\n") {
      guard let words = (try? JSONValue(parsing: String(line)))?.array, words.count == 3, let number = words[0].integer,
        let status = words[1].integer
      else { continue }
      answers[Int(number)] = BatchAnswer(value: words[2], status: ExitStatus(Int32(status)))
    }
    return requests.enumerated().map { number, request in
      if let answer = answers[number] { return answer }
      if number >= started { return sendTogether([request])[0] }
      // Its process was ended: what that left is finished or undone before anything is said of it.
      let answer = sendTogether([request.repeated()])[0]
      guard answer.status == ExitStatus(.temporary) else { return answer }
      return failed(
        request,
        Failure(
          .temporary, "message \(request.id): the process that sent it was ended, and \(answer.value["error"]?.string ?? "it is at work")",
          remedy: "'msg-send --status \(request.id)' says what becomes of it"), .unknown)
    }
  }

  /// What the processes have to say. Where that cannot be had, each of their messages is asked about, as those of a process that was ended.
  private static func texts(of workers: consuming Workers) -> String {
    do throws(SystemError) { return try workers.finish().texts } catch { return "" }
  }

  private func failed(_ request: SendRequest, _ failure: Failure, _ payment: PaymentWord) -> BatchAnswer {
    BatchAnswer(value: SendReport.failed(request, failure, payment), status: ExitStatus(failure.kind))
  }
}
