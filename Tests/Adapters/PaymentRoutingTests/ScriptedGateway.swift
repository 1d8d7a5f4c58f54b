import Gateways
import SharedKernel

/// A gateway that answers what the test says, and remembers what it was asked.
final class ScriptedGateway: Gateway {
  struct Call: Hashable {
    let verb: GatewayVerb
    let key: String
  }

  private final class Slot: GatewaySlot { func release() {} }

  let name: GatewayName
  /// What it says of itself.
  var state = GatewayAvailability.usable
  /// Why it lets nobody call; nil where it does.
  var refusal: Failure?
  /// The answers to the next calls, in order. A call beyond them is not made.
  var results: [GatewayCallResult] = []
  /// Answers that earlier calls left.
  var left: [Call: GatewayAnswer] = [:]
  private(set) var calls: [Call] = []
  private(set) var forgotten: [String] = []
  private(set) var permitsGivenBack = 0

  init(_ name: GatewayName) { self.name = name }

  var verbs: [GatewayVerb] { calls.map(\.verb) }

  func availability() throws(Failure) -> GatewayAvailability { state }

  func reserve(waits: Bool) throws(Failure) { if let refusal { throw refusal } }

  func release() {}

  func permit() throws(Failure) -> GatewayPermit {
    if let refusal { throw refusal }
    return GatewayPermit(slot: Slot(), lease: nil)
  }

  func giveBack(_ permit: GatewayPermit) { permitsGivenBack += 1 }

  func call(_ verb: GatewayVerb, _ request: GatewayRequest, _ permit: GatewayPermit) -> GatewayCallResult {
    calls.append(Call(verb: verb, key: request.key))
    return results.isEmpty ? .notMade(Failure(.temporary, "the test has no answer left")) : results.removeFirst()
  }

  func callAgain(_ verb: GatewayVerb, _ request: GatewayRequest) throws(Failure) -> GatewayCallResult {
    call(verb, request, GatewayPermit(slot: Slot(), lease: nil))
  }

  func recordedAnswer(_ verb: GatewayVerb, key: String) throws(Failure) -> GatewayAnswer? { left[Call(verb: verb, key: key)] }

  func forget(key: String) throws(Failure) { forgotten.append(key) }
}

/// Refunds under way, without a disk.
final class MemoryRefunds: PendingRefunds {
  private final class Mark: PendingRefund {
    private let end: () -> Void
    init(_ end: @escaping () -> Void) { self.end = end }
    func remove() throws(Failure) { end() }
  }

  private(set) var open: [MessageID] = []

  func begin(_ id: MessageID) throws(Failure) -> any PendingRefund {
    open.append(id)
    return Mark { [self] in open.removeAll { $0 == id } }
  }

  func takeOver(_ id: MessageID) throws(Failure) -> (any PendingRefund)? {
    open.contains(id) ? Mark { [self] in open.removeAll { $0 == id } } : nil
  }

  func ids(limit: Int) throws(Failure) -> [MessageID] { Array(open.prefix(limit)) }
}
