// Calls a gateway's command within its limits: a permit, the call, and repeats where they are harmless.
//
// The caller holds the message's lock, and so does the supervisor of a call that outlives its caller: at most one process works on a
// payment, and at most one charge of a key is under way beside its void.

package import Gateways
package import SharedKernel
package import SpoolLayout
package import SystemCalls

package final class CommandGateway: Gateway {
  /// Between the reservation of a call and its beginning: the message is written to the disk meanwhile.
  private static let preparation = Duration.milliseconds(100)

  private let definition: GatewayDefinition
  private let calls: GatewayCalls
  private let keeper: GatewayGuard
  private let deadline: Deadline
  /// The slot of a call whose outcome is not known. The next call about the same payment uses it too.
  private var kept: (key: String, slot: CallSlot)?
  private var reserved: GatewayGuard.Grant?

  /// The gateway of that definition for the users of a spool. `deadline` bounds every wait and every repeat; `announce` is given what a
  /// person should see at once.
  package init(_ definition: GatewayDefinition, in spool: Spool, clock: any Clock, deadline: Deadline, announce: @escaping (String) -> Void)
  {
    let health = GatewayHealthFile(
      root: spool.root, gateway: definition.name, slots: definition.slots,
      clock: clock, announce: announce)
    let slots = GatewaySlots(
      root: spool.root, gateway: definition.name, longestUse: definition.longestUse)
    let places = WaitingPlaces(root: spool.root, gateway: definition.name)
    let log = GatewayEventLog(root: spool.root)
    calls = GatewayCalls(
      root: spool.root, gateway: definition.name,
      command: definition.command, limits: GatewayCalls.Limits(patience: definition.timeout, lifetime: definition.lifetime))
    keeper = GatewayGuard(definition, health: health, slots: slots, places: places, log: log, announce: announce)
    (self.definition, self.deadline) = (definition, deadline)
  }

  package var name: GatewayName { definition.name }

  package func availability() throws(Failure) -> GatewayAvailability {
    definition.command.program == nil ? .out(definition.command.missing(name)) : try keeper.availability()
  }

  package func reserve(waits: Bool) throws(Failure) {
    if reserved != nil { return }
    if definition.command.program == nil { throw definition.command.missing(name) }
    reserved = try enter(key: nil, spare: CommandGateway.preparation, waits: waits)
  }

  package func release() {
    switch reserved {
    case .permit(let permit): keeper.giveBack(permit)
    case .place(let place): keeper.leave(place)
    case nil: break
    }
    reserved = nil
  }

  package func permit() throws(Failure) -> GatewayPermit {
    if definition.command.program == nil { throw definition.command.missing(name) }
    return try permit(key: nil)
  }

  private func permit(key: String?) throws(Failure) -> GatewayPermit {
    let entry: GatewayGuard.Grant
    if key == nil, let reserved {
      try checkTime(spare: .zero)
      entry = reserved
      self.reserved = nil
    } else {
      entry = try enter(key: key, spare: .zero, waits: true)
    }
    switch entry {
    case .permit(let permit): return permit
    case .place(let place): return try keeper.wait(at: place, latest: latest(spare: .zero))
    }
  }

  private func enter(key: String?, spare: Duration, waits: Bool) throws(Failure) -> GatewayGuard.Grant {
    try checkTime(spare: spare)
    let slot = kept.flatMap { $0.key == key ? $0.slot : nil }
    kept = nil
    return try keeper.enter(slot: slot, latest: latest(spare: spare), waits: waits)
  }

  /// The latest moment at which a call can begin.
  private func latest(spare: Duration) -> Deadline { deadline.earlier(by: definition.timeout + spare) }

  /// No call is begun that may not end within the budget.
  private func checkTime(spare: Duration) throws(Failure) {
    if deadline.remaining >= definition.timeout + spare { return }
    throw Failure(
      .temporary, "gateway \(name): a call may take \(definition.timeout.microseconds / 1000) ms and less than that is left",
      remedy: "try again, with a longer --timeout")
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
      let running: GatewayCalls.RunningCall
      do throws(Failure) { running = try calls.begin(verb, request) } catch {
        keeper.giveBack(permit)
        return .notMade(error)
      }
      let answer = running.answer(until: .after(definition.timeout))
      let elapsed = started.elapsed
      if case .notAsked(let why) = answer, verb == .status {
        // It may be down, or well and not know the key: that says nothing of its health. The call that follows will.
        keeper.giveBack(permit)
        return .answered(.notAsked(why))
      }
      let isNotAsked = if case .notAsked = answer { true } else { false }
      let delay = keeper.report(answer, elapsed: elapsed, permit, repeats: repeats, wantsRepeat: isNotAsked && verb == .charge)
      let known = answer ?? lateAnswer(running)
      if case .doubtful = known { kept = (permit.slot as? CallSlot).map { (request.key, $0) } } else { permit.slot.release() }
      guard let delay, deadline.remaining >= definition.timeout + delay else { return .answered(known) }
      sleep(for: delay)
      // Without permission for a repeat this was the answer.
      do throws(Failure) { permit = try self.permit(key: nil) } catch { return .answered(known) }
      repeats += 1
    }
  }

  /// What a call answers that has had its time: its caller waits a quarter as long again, if enough is left to call the payment off
  /// afterwards. Giving up sooner would cost the gateway one more call and the caller its message.
  private func lateAnswer(_ running: GatewayCalls.RunningCall) -> GatewayAnswer {
    let latest = deadline.earlier(by: definition.timeout)
    return running.answer(until: min(latest, .after(definition.timeout / 4)))
      ?? .doubtful("no answer within \(definition.timeout.microseconds / 1000) ms")
  }

  package func recordedAnswer(_ verb: GatewayVerb, key: String) throws(Failure) -> GatewayAnswer? {
    try calls.answerLeft(verb, key: key)
  }

  package func forget(key: String) throws(Failure) { try calls.forget(key: key) }
}
