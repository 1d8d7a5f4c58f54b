import Assembly
import CommandLineTool
import GatewayClient
import Gateways
import JSONText
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-pay breaker`: gateway state, and changes of a breaker by hand.
extension PayCommand {
  func breaker() throws(Failure) -> ExitStatus {
    try arguments.refuse(PayOptions.isolate, with: PayOptions.disable)
    try arguments.refuse(PayOptions.isolate, with: PayOptions.reset)
    try arguments.refuse(PayOptions.disable, with: PayOptions.reset)
    let wanted: CircuitBreaker.State? =
      arguments.has(PayOptions.isolate)
      ? .forcedOpen : arguments.has(PayOptions.disable) ? .disabled : arguments.has(PayOptions.reset) ? .closed : nil
    let spool = try Spool.open(
      at: try spoolLocation(option: arguments.value(CommonOptions.spool)), for: .reading)
    let definitions = try chosen(spool)
    if let wanted {
      try spool.refuseUnsafeWriting()
      for definition in definitions { try set(wanted, definition, spool) }
      return .done
    }
    var isHealthy = true
    var rows: [BreakerRow] = []
    for definition in definitions {
      let row = BreakerRow(definition, try health(spool, definition).look())
      isHealthy = isHealthy && row.isHealthy
      if row.isMissing, !arguments.has(PayOptions.check) { tool.diagnostics.report(definition.command.missing(definition.name)) }
      rows.append(row)
    }
    if arguments.has(PayOptions.json) {
      for row in rows { try tool.output.writeLine(row.json.line) }
    } else if !rows.isEmpty, !arguments.has(PayOptions.check) {
      for line in BreakerRow.table(rows, width: tool.output.columns) { try tool.output.writeLine(line) }
    }
    if arguments.has(PayOptions.check) { return isHealthy ? .done : .nothing }
    return rows.isEmpty ? .nothing : .done
  }

  private func chosen(_ spool: Spool) throws(Failure) -> [GatewayDefinition] {
    let all = try gatewayDefinitions(spool.configuration)
    guard let name = try optionalOperand("GATEWAY") else { return all }
    let found = all.filter { $0.name.text == name }
    if found.isEmpty {
      throw Failure(
        .notFound, "'\(name)': no such gateway",
        remedy: "the spool's config names \(all.isEmpty ? "none" : all.map { $0.name.text }.joined(separator: ", "))")
    }
    return found
  }

  private func health(_ spool: Spool, _ definition: GatewayDefinition) -> GatewayHealthFile {
    gatewayHealth(of: spool, definition.name, slots: definition.slots) { tool.diagnostics.note($0) }
  }

  private func set(_ state: CircuitBreaker.State, _ definition: GatewayDefinition, _ spool: Spool) throws(Failure) {
    let transition = try health(spool, definition).update { health, now in
      if state == .closed { health.retries = RetryBudget() }
      return health.breaker.set(state, at: now)
    }
    guard let transition else { return tool.diagnostics.detail("gateway \(definition.name): \(state.rawValue) already") }
    tool.diagnostics.detail("gateway \(definition.name): \(transition.from.rawValue) -> \(transition.to.rawValue)")
    let log = GatewayEventLog(root: spool.root)
    try log.add(transition, of: definition.name)
  }
}

/// A gateway in the table.
private struct BreakerRow {
  private let definition: GatewayDefinition
  private let health: GatewayHealth

  init(_ definition: GatewayDefinition, _ health: GatewayHealth) { (self.definition, self.health) = (definition, health) }

  /// Whether calls go to it and are watched.
  var isHealthy: Bool { health.breaker.state == .closed && !isMissing }

  /// Whether its command is not there, or may not be executed.
  var isMissing: Bool { definition.command.program == nil }

  private var figures: (failed: Int, slow: Int, all: Int) { health.breaker.figures(at: health.updated, definition.breaker) }

  private var reopening: Timestamp? { health.breaker.state == .open ? health.breaker.reopening : nil }

  var json: JSONValue {
    .record([
      ("gateway", .string(definition.name.text)), ("state", .string(health.breaker.state.rawValue)),
      ("since", .string(health.breaker.since.rfc3339)), ("until", reopening.map { .string($0.rfc3339) }),
      ("calls", .integer(Int64(figures.all))), ("failed", .integer(Int64(figures.failed))), ("slow", .integer(Int64(figures.slow))),
      ("probes", .integer(Int64(health.breaker.issued))), ("tokens", .integer(Int64(health.retries.tokens))),
      ("slots", .integer(Int64(health.slots.limit))), ("max_slots", .integer(Int64(definition.slots))),
      ("waiting", .integer(Int64(health.line.places.count))), ("timeout_ms", .integer(definition.timeout.microseconds / 1000)),
      ("command", .string(definition.commandLine)), ("problem", isMissing ? "its command is no program that can be run" : nil),
    ])
  }

  static func table(_ rows: [BreakerRow], width: Int?) -> [String] {
    var table = TextTable([.left, .left, .left, .right, .right, .right, .right, .right, .right], width: width)
    table.add(["GATEWAY", "STATE", "SINCE", "CALLS", "FAILED", "SLOW", "TOKENS", "SLOTS", "WAITING"])
    for row in rows { table.add(row.cells) }
    return table.lines
  }

  private var cells: [String] {
    [
      definition.name.text, health.breaker.state.rawValue, LocalTime.system.second(health.breaker.since), "\(figures.all)",
      "\(figures.failed)",
      "\(figures.slow)", "\(health.retries.tokens)", "\(health.slots.limit)/\(definition.slots)",
      "\(health.line.places.count)",
    ]
  }
}
