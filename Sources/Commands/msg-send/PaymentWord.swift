import Sending
import SharedKernel

/// What `--json` says of the payment of a send.
enum PaymentWord: String {
  case paid, declined, none
  /// A gateway was asked and it is not known whether it charged, or it has to confirm that the payment is given back.
  case pending
  /// The ledger does not tell now.
  case unknown
}

extension MessageSender {
  func paymentWord(_ receipt: Receipt) -> PaymentWord { receipt.isPaid ? .paid : openOrNone(receipt.id) }

  func paymentWord(_ id: MessageID, _ failure: Failure) -> PaymentWord {
    switch failure.kind {
    case .notPermitted: .declined
    // What is known of the id may be of another message: the key of one was given for the other.
    case .badData: .none
    default: openOrNone(id)
    }
  }

  private func openOrNone(_ id: MessageID) -> PaymentWord {
    do throws(Failure) { return try hasOpenPayment(id) ? .pending : .none } catch { return .unknown }
  }
}
