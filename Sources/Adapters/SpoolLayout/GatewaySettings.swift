/// Keys of `config` about gateways: `gateway.NAME` and `gateway.NAME.FIELD`, for any name.
package enum GatewayField: String, CaseIterable, Sendable {
  case command = ""
  case timeout, slots, lifetime
  case breakerWindow = "breaker-window"
  case breakerAge = "breaker-age"
  case breakerMinimum = "breaker-minimum"
  case breakerFailures = "breaker-failures"
  case breakerSlow = "breaker-slow"
  case breakerOpen = "breaker-open"
  case breakerProbes = "breaker-probes"
  case retryCost = "retry-cost"
  case retryTimeOutCost = "retry-timeout-cost"

  /// The setting of a gateway of that name.
  package func setting(of name: String) -> Setting {
    Setting(key: self == .command ? "gateway.\(name)" : "gateway.\(name).\(rawValue)", standard: standard, help: help)
  }

  private var standard: String {
    switch self {
    case .command: ""
    case .timeout: "610"
    case .slots: "10"
    case .lifetime: "30"
    case .breakerWindow: "50"
    case .breakerAge: "10"
    case .breakerMinimum: "20"
    case .breakerFailures, .breakerSlow: "50"
    case .breakerOpen: "5000"
    case .breakerProbes, .retryCost: "5"
    case .retryTimeOutCost: "10"
    }
  }

  private var help: String {
    switch self {
    case .command: "the gateway's command: exec COMMAND ARGUMENT..."
    case .timeout: "milliseconds a call may take"
    case .slots: "calls at the same time at most"
    case .lifetime: "seconds after which a call that goes on in the background is ended"
    case .breakerWindow: "how many of the last calls the breaker judges by"
    case .breakerAge: "seconds for which a call counts"
    case .breakerMinimum: "calls without which the breaker judges nothing"
    case .breakerFailures: "percent of failed calls at which the breaker opens"
    case .breakerSlow: "no longer used: slow calls do not open the breaker"
    case .breakerOpen: "milliseconds for which the breaker stays open"
    case .breakerProbes: "calls that may try a gateway again before the breaker closes"
    case .retryCost: "of the 100 tokens for repeats, how many each takes; 101 for no repeats"
    case .retryTimeOutCost: "of these, how many a call takes whose time was up"
    }
  }
}

extension Setting {
  package static let gateway = Setting(
    key: "gateway", standard: "ledger", help: "who takes the money: ledger, exec COMMAND ARGUMENT..., or the NAME of a gateway.NAME")
  package static let gatewaySlots = Setting(
    key: "gateway-slots", standard: "10", help: "calls of a gateway at the same time at most, where gateway.NAME.slots says nothing else")

  /// The name in a key `gateway.NAME` or `gateway.NAME.FIELD`; nil for any other key.
  static func gatewayName(inKey key: String) -> String? {
    let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 || parts.count == 3, parts[0] == "gateway", isWord(parts[1]) else { return nil }
    if parts.count == 2 { return parts[1] }
    return GatewayField(rawValue: parts[2]) != nil && !parts[2].isEmpty ? parts[1] : nil
  }

  private static func isWord(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count) && text.first != "-" && text.first != "_"
      && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95 }
  }
}

extension Configuration {
  /// The names for which there is a `gateway.NAME`, sorted.
  package var gatewayNames: [String] {
    keys.compactMap { key in Setting.gatewayName(inKey: key).flatMap { key == "gateway.\($0)" ? $0 : nil } }.sorted()
  }
}
