// Calls a gateway's command within its limits: a permit, the call, and repeats where they are harmless.
//
// The caller holds the message's lock, and so does the supervisor of a call that outlives its caller: at most one process works on a
// payment, and at most one charge of a key is under way beside its void.

package import Gateways
package import SharedKernel
package import SpoolLayout
package import SystemCalls

package final class CommandGateway: Gateway {
  /// Microseconds to wait for a slot, however much time there is.
  private static let slotPatience: Int64 = 5_000_000

  private let definition: GatewayDefinition
  private let calls: GatewayCalls
  private let keeper: GatewayGuard
  private let deadline: Deadline
  /// The slot of a call that goes on after its time-out. The next call about the same payment uses it too.
  private var kept: (key: String, slot: AnyObject)?

  /// The gateway of that definition for the users of a spool. `deadline` bounds every wait and every repeat; `announce` is given what a
  /// person should see at once.
  package init(_ definition: GatewayDefinition, in spool: Spool, clock: any Clock, deadline: Deadline, announce: @escaping (String) -> Void)
  {
    let health = GatewayHealthFile(
      root: spool.root, gateway: definition.name, slots: definition.slots,
      clock: clock, announce: announce)
    let slots = GatewaySlots(
      root: spool.root, gateway: definition.name, maximum: definition.slots,
      health: health)
    let log = GatewayEventLog(root: spool.root)
    calls = GatewayCalls(
      root: spool.root, gateway: definition.name,
      command: definition.command, limits: GatewayCalls.Limits(patience: definition.timeout, lifetime: definition.lifetime))
    keeper = GatewayGuard(definition, health: health, slots: slots, log: log, announce: announce)
    (self.definition, self.deadline) = (definition, deadline)
  }

  package var name: GatewayName { definition.name }

  package func availability() throws(Failure) -> GatewayAvailability {
    definition.command.program == nil ? .out(definition.command.missing(name)) : try keeper.availability()
  }

  package func permit() throws(Failure) -> GatewayPermit {
    if definition.command.program == nil { throw definition.command.missing(name) }
    return try permit(key: nil)
  }

  private func permit(key: String?) throws(Failure) -> GatewayPermit {
    guard deadline.remainingMicroseconds >= definition.timeout else {
      throw Failure(
        .temporary, "gateway \(name): a call may take \(definition.timeout / 1000) ms and less than that is left",
        remedy: "try again, with a longer --timeout")
    }
    let slot = kept.flatMap { $0.key == key ? $0.slot : nil }
    let latest = Deadline(nanoseconds: deadline.nanoseconds - definition.timeout * 1000)
    return try keeper.permit(slot: slot, until: min(latest, .after(microseconds: CommandGateway.slotPatience)))
  }

  package func giveBack(_ permit: GatewayPermit) { keeper.giveBack(permit) }

  package func callAgain(_ verb: GatewayVerb, _ request: GatewayRequest) throws(Failure) -> GatewayCallResult {
    let permit: GatewayPermit
    do throws(Failure) { permit = try self.permit(key: request.key) } catch {
      guard error.kind == .temporary || error.kind == .unavailable else { throw error }
      return .answered(.notAsked(error.message))
    }
    return call(verb, request, permit)
  }

  package func call(_ verb: GatewayVerb, _ request: GatewayRequest, _ first: GatewayPermit) -> GatewayCallResult {
    var permit = first
    var repeats = 0
    while true {
      let started = Deadline.now
      let answer: GatewayAnswer?
      do throws(Failure) { answer = try calls.call(verb, request) } catch {
        keeper.giveBack(permit)
        return .notMade(error)
      }
      let elapsed = (Deadline.now.nanoseconds - started.nanoseconds) / 1000
      if case .notAsked(let why) = answer, verb == .status {
        // It may be down, or well and not know the key: that says nothing of its health. The call that follows will.
        keeper.giveBack(permit)
        return .answered(.notAsked(why))
      }
      let isNotAsked = if case .notAsked = answer { true } else { false }
      let delay = keeper.report(answer, elapsed: elapsed, permit, repeats: repeats, wantsRepeat: isNotAsked && verb == .charge)
      guard let answer else {
        kept = (request.key, permit.slot)
        return .answered(.doubtful("no answer within \(definition.timeout / 1000) ms"))
      }
      guard let delay, deadline.remainingMicroseconds >= definition.timeout + delay else { return .answered(answer) }
      sleep(microseconds: delay)
      // Without permission for a repeat this was the answer.
      do throws(Failure) { permit = try self.permit(key: nil) } catch { return .answered(answer) }
      repeats += 1
    }
  }

  package func recordedAnswer(_ verb: GatewayVerb, key: String) throws(Failure) -> GatewayAnswer? {
    try calls.answerLeft(verb, key: key)
  }

  package func forget(key: String) throws(Failure) { try calls.forget(key: key) }
}
