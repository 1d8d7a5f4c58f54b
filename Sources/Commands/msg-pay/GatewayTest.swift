import Assembly
import CommandLineTool
import GatewayClient
import Gateways
import JSONText
import Ledger
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-pay gateway test [NAME]`: asks a real gateway everything that it is ever asked, and tells what would go wrong. It does so outside of
/// the breaker and the book; keys are new ones.
extension PayCommand {
  func testGateway() throws(Failure) -> ExitStatus {
    let words = arguments.operands.dropFirst()
    if words.count > 1 { throw Failure(.usage, "'\(words[2])' is one too many", remedy: "write 'msg-pay gateway test [NAME]'") }
    let payer = if let text = arguments.value(PayOptions.account) { try account(text) } else { try arguments.userName() }
    let spool = try existingSpool()
    let name: GatewayName?
    if let word = words.first { name = GatewayName(word) } else { name = try activeGateway(spool.configuration) }
    guard let name, let definition = try GatewayDefinition(name, spool.configuration) else {
      throw Failure(
        .notFound, words.first.map { "'\($0)': no such gateway" } ?? "the spool's payments go to its own ledger, not to a gateway",
        remedy: "name one that the config has as gateway.NAME")
    }
    if definition.command.program == nil { throw definition.command.missing(name) }
    tool.diagnostics.note("gateway \(name) is asked to charge \(payer) one smallest unit, and to give it back")
    return try run(definition, payer, spool)
  }

  private func run(_ definition: GatewayDefinition, _ payer: Name, _ spool: Spool) throws(Failure) -> ExitStatus {
    let calls = GatewayCalls(
      root: spool.root, gateway: definition.name, command: definition.command,
      limits: GatewayCalls.Limits(patience: definition.timeout, lifetime: definition.lifetime))
    let timeout = definition.timeout.microseconds / 1000
    var keys: [ContractTest.Key: String] = [:]
    for key in [ContractTest.Key.charged, .unknown, .voidedFirst] { keys[key] = try newKey(payer) }
    var (first, isRight, slowest) = (GatewayAnswer?.none, true, Duration.zero)
    for (number, step) in ContractTest.steps.enumerated() {
      guard let key = keys[step.key], let amount = Amount(units: step.units) else { continue }
      let started = Deadline.now
      let request = GatewayRequest(key: key, amount: amount, currency: spool.configuration.money.name, account: payer)
      let answer = try calls.call(step.verb, request)
      let elapsed = started.elapsed
      slowest = max(slowest, elapsed)
      let problem =
        answer.map { step.problem($0, first) }
        ?? "no answer within \(timeout) ms: every such payment is in doubt"
      if number == 0 { first = answer }
      isRight = isRight && problem == nil
      try show(step.name, answer?.words ?? "no answer", elapsed, problem)
      // Without a charge there is nothing to ask about; one whose answer is not understood may have been made.
      if number == 0, problem != nil {
        try callOff(request, answer, calls)
        break
      }
    }
    for key in keys.values { try calls.forget(key: key) }
    var problems: [String] = []
    if slowest * 2 > definition.timeout { problems.append("more than half of the time-out of \(timeout) ms") }
    if definition.timeout >= Budget.standard {
      problems.append("the time-out of \(timeout) ms is all that a send without --timeout has: no message is sent")
    }
    for problem in problems {
      isRight = false
      try show("time", "the slowest call", slowest, "\(problem): see SIZING TIME-OUTS in msg-gateways(7)")
    }
    return isRight ? .done : .nothing
  }

  /// Gives back what may have been charged.
  private func callOff(_ request: GatewayRequest, _ answer: GatewayAnswer?, _ calls: GatewayCalls) throws(Failure) {
    switch answer {
    case .declined, .notAsked: return
    case .done, .undecided, .doubtful, nil: break
    }
    if case .done = try calls.call(.void, request) { return }
    tool.diagnostics.note(
      "a charge of one smallest unit under the key \(request.key) may be left there: it was not confirmed as given back")
  }

  private func newKey(_ payer: Name) throws(Failure) -> String {
    let id = try newID(payer)
    do throws(SystemError) { return "\(id)-\(KeySalt(random: try randomBytes(KeySalt.size)))" } catch { throw Failure(storage: error) }
  }

  private func show(_ step: String, _ answer: String, _ elapsed: Duration, _ problem: String?) throws(Failure) {
    if arguments.has(PayOptions.json) {
      return try tool.output.writeLine(
        JSONValue.record([
          ("step", .string(step)), ("ok", .bool(problem == nil)), ("answer", .string(answer)),
          ("ms", .integer(elapsed.microseconds / 1000)),
          ("problem", problem.map { .string($0) }),
        ]).line)
    }
    let name = step + String(repeating: " ", count: max(0, 33 - step.utf8.count))
    try tool.output.writeLine(
      "\(problem == nil ? "ok   " : "FAIL ") \(name) \(elapsed.microseconds / 1000) ms  \(TerminalText.visible(answer))")
    if let problem { try tool.output.writeLine("      \(problem)") }
  }
}
