internal import OutboxStore
internal import PaymentRouting
package import Sending

/// The parts of sending, on one outbox and one payment side.
package struct SendingParts {
  package let sender: MessageSender
  package let queue: DeferredQueue
  package let recovery: Recovery
  package let cancellation: Cancellation

  init(_ dispatcher: Dispatcher, _ outbox: OutboxFiles, _ payments: SpoolPayments) {
    sender = MessageSender(dispatcher, outbox: outbox, marks: outbox, planning: payments)
    queue = DeferredQueue(dispatcher, listing: outbox, schedule: outbox, planning: payments)
    recovery = Recovery(dispatcher, queue: queue, payments: payments)
    cancellation = Cancellation(dispatcher, marks: outbox)
  }
}
