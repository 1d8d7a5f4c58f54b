package import Gateways
package import SharedKernel
package import SpoolLayout

/// A gateway outside, as the configuration sets it.
package struct GatewayDefinition {
  package let name: GatewayName
  package let command: GatewayCommand
  /// How long a call may take.
  package let timeout: Duration
  /// Calls at the same time, at most.
  package let slots: Int
  /// After this a call that went on in the background is ended.
  package let lifetime: Duration
  package let breaker: BreakerSettings
  package let retryCosts: RetryCosts

  /// Between the end of a call's time and the moment at which others no longer reckon with it.
  private static let grace = Duration.seconds(1)
  /// After this a call no longer counts for the slot that it has.
  package var longestUse: Duration { timeout + GatewayDefinition.grace }

  /// 78 where something about it is wrong; nil where the configuration has no gateway of that name.
  package init?(_ name: GatewayName, _ configuration: Configuration) throws(Failure) {
    let isUnnamed = name == .unnamed && configuration.text(.gateway).hasPrefix(GatewayDefinition.prefix)
    let setting = isUnnamed ? Setting.gateway : GatewayField.command.setting(of: name.text)
    guard configuration.sets(setting) else { return nil }
    guard let command = GatewayCommand(configuration.text(setting)) else {
      throw configuration.failure(setting, "not of the form exec COMMAND ARGUMENT...")
    }
    func number(_ field: GatewayField, _ range: ClosedRange<Int64>) throws(Failure) -> Int64 {
      try configuration.integer(field.setting(of: name.text), in: range)
    }
    (self.name, self.command) = (name, command)
    timeout = .milliseconds(try number(.timeout, 10...3_600_000))
    let ownSlots = GatewayField.slots.setting(of: name.text)
    slots = Int(try configuration.integer(configuration.sets(ownSlots) ? ownSlots : .gatewaySlots, in: 1...1000))
    lifetime = .seconds(try number(.lifetime, 1...86400))
    var breaker = BreakerSettings()
    breaker.window = Int(try number(.breakerWindow, 1...100))
    breaker.maximumAge = .seconds(try number(.breakerAge, 1...86400))
    breaker.minimum = Int(try number(.breakerMinimum, 1...100))
    breaker.failurePercent = Int(try number(.breakerFailures, 1...101))
    // Of an earlier version, in which slow calls opened the breaker.
    _ = try number(.breakerSlow, 1...101)
    breaker.openTime = .milliseconds(try number(.breakerOpen, 1...86_400_000))
    breaker.probes = Int(try number(.breakerProbes, 1...20))
    // A probe has reported by then, or it was killed.
    breaker.leaseTime = timeout + GatewayDefinition.grace
    self.breaker = breaker
    var costs = RetryCosts()
    costs.repetition = Int(try number(.retryCost, 1...101))
    costs.timeOut = Int(try number(.retryTimeOutCost, 0...100))
    retryCosts = costs
  }

  /// The command as a person wrote it, but for the white space.
  package var commandLine: String { command.words.joined(separator: " ") }

  fileprivate static let prefix = "exec"
}

/// The gateway that new payments go to; nil for the embedded ledger. 78 where `gateway` names nothing.
package func activeGateway(_ configuration: Configuration) throws(Failure) -> GatewayName? {
  let value = configuration.text(.gateway)
  if value == "ledger" { return nil }
  if value.split(whereSeparator: { $0 == " " || $0 == "\t" }).first.map({ $0 == GatewayDefinition.prefix }) ?? false { return .unnamed }
  guard let name = GatewayName(value), configuration.gatewayNames.contains(name.text) else {
    throw configuration.failure(.gateway, "neither 'ledger' nor 'exec COMMAND', and there is no gateway.\(value)")
  }
  return name
}

/// How many payments may be in progress at the same time: the slots of the active gateway; nil for the ledger, where several at once are no
/// faster.
package func gatewaySlots(_ configuration: Configuration) throws(Failure) -> Int? {
  guard let name = try activeGateway(configuration) else { return nil }
  return try GatewayDefinition(name, configuration)?.slots
}

/// Every gateway that the configuration has, the one in force included.
package func gatewayDefinitions(_ configuration: Configuration) throws(Failure) -> [GatewayDefinition] {
  var names = configuration.gatewayNames.compactMap { GatewayName($0) }
  if let activeGateway = try activeGateway(configuration), !names.contains(activeGateway) { names.append(activeGateway) }
  var definitions: [GatewayDefinition] = []
  for name in names { if let definition = try GatewayDefinition(name, configuration) { definitions.append(definition) } }
  return definitions
}
