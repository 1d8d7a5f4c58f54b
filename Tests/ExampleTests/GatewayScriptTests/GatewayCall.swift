import TestSupport

/// The example gateways as they are shipped.
let gatewayFolder = "\(Repository.path)/spool-example/pay/gateways"

/// One call of a gateway, as the exec gateway makes it.
struct GatewayCall {
  let script: String
  let environment: [String: String]

  func callAsFunction(_ verb: String, _ key: String, _ amount: String = "3", account: String, currency: String = "credit") throws -> ToolRun
  {
    try run("\(gatewayFolder)/\(script)", [verb, key, amount, currency, account], environment: environment)
  }

  /// What every gateway has to keep of a key, whatever happened before; the last answer is that of a voided key.
  func keepsTheContract(key: String, account: String) throws -> [Int32] {
    try ["charge", "charge", "status", "void", "void", "charge", "status"].map { try self($0, key, account: account).status }
  }
}
