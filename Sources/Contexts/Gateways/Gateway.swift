package import SharedKernel

/// Whether a gateway would be called now.
package enum GatewayAvailability: Hashable, Sendable {
  case usable
  /// Calls failed or were slow of late; a caller may find out whether they still do.
  case onTrial
  /// No call is made; the failure says why.
  case out(Failure)
}

/// What a call is about.
package struct GatewayRequest: Hashable, Sendable {
  /// The idempotency key of the charge.
  package let key: String
  package let amount: Amount
  package let currency: String
  package let account: Name

  package init(key: String, amount: Amount, currency: String, account: Name) {
    (self.key, self.amount, self.currency, self.account) = (key, amount, currency, account)
  }
}

/// What keeps a slot taken as long as it exists. A command that outlives its caller keeps the slot a little longer.
package protocol GatewaySlot: AnyObject {
  /// Frees the slot, where no command that outlives its caller holds it.
  func release()
}

/// Permission to make one call: a slot, and a probe's lease while the breaker is half open. Dropping it frees the slot.
package struct GatewayPermit {
  package let slot: any GatewaySlot
  package let lease: Int?
  /// The round of `SlotLimit` that the call counts for.
  package let round: Int?

  package init(slot: any GatewaySlot, lease: Int?, round: Int? = nil) { (self.slot, self.lease, self.round) = (slot, lease, round) }
}

/// What came of an attempt to call.
package enum GatewayCallResult: Hashable, Sendable {
  case answered(GatewayAnswer)
  /// The command was certainly not run, for a reason on this side of the gateway.
  case notMade(Failure)
}

/// One payment gateway outside, as the payment side calls it. Its time-out, retries, slots and circuit breaker are behind this port, and so
/// is the deadline of the command that calls.
package protocol Gateway: AnyObject {
  var name: GatewayName { get }

  /// Whether it would be called now: not where its command is missing, nor while its circuit is open.
  func availability() throws(Failure) -> GatewayAvailability

  /// Takes a slot, or a place in the line before the slots, for the next `permit`; nothing where it has one already. Fails as `permit`
  /// does, at once; with `waits` false also where no slot is free now.
  func reserve(waits: Bool) throws(Failure)

  /// Permission for one call. 75 while the circuit is open, at once where no slot gets free in time, or when too little time is left for a
  /// call; 69 where the command is missing or a person forced the circuit open. Callers wait in the order in which they came.
  func permit() throws(Failure) -> GatewayPermit

  /// Returns a permit that was not used.
  func giveBack(_ permit: GatewayPermit)

  /// Returns what was reserved and not used.
  func release()

  /// Makes a call, and repeats a charge that was certainly not asked for, as far as the retry budget and the deadline allow.
  func call(_ verb: GatewayVerb, _ request: GatewayRequest, _ permit: GatewayPermit) -> GatewayCallResult

  /// Makes a call about a payment that is recorded as asked for. Where there is no permission the answer is `notAsked`.
  func callAgain(_ verb: GatewayVerb, _ request: GatewayRequest) throws(Failure) -> GatewayCallResult

  /// The answer that an earlier call left; nil where there is none. Only the holder of the message's lock may ask.
  func recordedAnswer(_ verb: GatewayVerb, key: String) throws(Failure) -> GatewayAnswer?

  /// Removes what the calls for a key left, once the ledger has it.
  func forget(key: String) throws(Failure)
}

/// Refunds that their gateways have not confirmed yet, so that a later command can find them and ask again.
package protocol PendingRefunds: AnyObject {
  /// Records that a refund is about to be asked for, durably; 75 when another process works on it until the deadline.
  func begin(_ id: MessageID) throws(Failure) -> any PendingRefund
  /// Takes over a refund that another process left; nil when there is none any more, or another process works on it.
  func takeOver(_ id: MessageID) throws(Failure) -> (any PendingRefund)?
  /// At most `limit` ids, in no order.
  func ids(limit: Int) throws(Failure) -> [MessageID]
}

/// A pending refund that this process has locked.
package protocol PendingRefund: AnyObject {
  /// Records that the refund is confirmed, or was never decided. Not synced: one that comes back is removed again.
  func remove() throws(Failure)
}
