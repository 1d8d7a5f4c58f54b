internal import Foundation

/// Who takes the money in a storm.
enum StormGateway: String, Sendable {
  /// The spool's own ledger.
  case ledger
  /// An external bank that answers well.
  case bank
  /// An external bank that hangs, dies, loses and lies.
  case flaky
}

/// What `make storm` was asked for.
struct StormSettings: Sendable {
  let seconds: Double
  let workers: Int
  let seed: UInt64
  let gateway: StormGateway
  let disk: StormDisk
  var hosts = StormHosts()

  /// From the environment; every value that is given must be valid.
  static func fromEnvironment() -> StormSettings? {
    let variables = ProcessInfo.processInfo.environment
    func value<Value>(_ name: String, _ fallback: Value, _ parse: (String) -> Value?) -> Value {
      guard let text = variables["MSGSPOOL_STORM_\(name)"], !text.isEmpty else { return fallback }
      guard let value = parse(text) else { preconditionFailure("invalid MSGSPOOL_STORM_\(name) '\(text)'") }
      return value
    }
    guard variables["MSGSPOOL_STORM_SECONDS"] != nil else { return nil }
    return StormSettings(
      seconds: value("SECONDS", 60) { Double($0) }, workers: value("WORKERS", 12) { Int($0) },
      seed: value("SEED", UInt64.random(in: 1..<1_000_000)) { UInt64($0) }, gateway: value("GATEWAY", .ledger, StormGateway.init),
      disk: value("DISK", .plain, StormDisk.init), hosts: StormHosts(environment: variables) ?? StormHosts())
  }
}
