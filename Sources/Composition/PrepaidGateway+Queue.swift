package import MessageFormat
internal import Payments
internal import Sending
package import SharedKernel

// What queues and batches ask beyond the single charge.
extension PrepaidGateway {
  package func mightPay(_ envelope: Envelope) throws(Failure) -> Bool {
    guard let balance = try ledger.balance(of: envelope.sender) else { return true }
    return balance >= envelope.price
  }
}
