internal import PaymentRouting
package import Ledger
internal import Sending
package import SharedKernel

extension SpoolServices {
  /// Gives the charge of a delivered message back, once. Refuses one of a message that is not delivered yet (65, or 75 where another
  /// process has it in hand): only sending knows, so it is asked first. What is charged and waits nowhere was delivered, and stays so.
  package func refund(_ id: MessageID) throws(Failure) -> ReversalAnswer {
    if try ledger.payment(of: id)?.state == .charged { try sending().cancellation.refuseUndelivered(id) }
    return try payments().refund(id)
  }

  /// Takes a charge back that is of no message. Why one of a message is not depends on whether that is delivered.
  /// That nothing was charged under a key is recorded too, at `caller`'s account, and nothing ever is from then on.
  package func void(_ id: MessageID, reference: String, by caller: Name) throws(Failure) -> ReversalAnswer {
    // A message that is still to be charged for is cancelled, not barred from ever being paid.
    if try ledger.payment(of: id) == nil { try sending().cancellation.refuseUndelivered(id) }
    do throws(Failure) { return try ledger.voidFinally(id, account: caller, reference: reference) } catch {
      if error.kind == .badData, try ledger.payment(of: id)?.state == .charged { try sending().cancellation.refuseUndelivered(id) }
      throw error
    }
  }

  /// Lets a person's word about a payment take effect on its message, which may wait for a later time. The mark comes first: a process
  /// that is killed in between leaves a message that is found.
  package func settle(_ id: MessageID, _ record: () throws(Failure) -> Payment) throws(Failure) -> (payment: Payment, notes: [Failure]) {
    let queue = try sending().queue
    let mark = try queue.scheduleNow(id)
    let payment = try record()
    return (payment, queue.resume(mark))
  }
}
