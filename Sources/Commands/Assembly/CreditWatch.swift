internal import LedgerStore
internal import Ledger
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// Finds the sends that took their sender's balance below `low-credit`.
package struct CreditWatch {
  /// How long one look waits for other processes that hold the ledger.
  private static let patience = Duration.seconds(1)

  private let spool: Spool
  private let level: Amount

  /// 78 when `low-credit` is an invalid amount.
  package init(_ spool: Spool) throws(Failure) {
    (self.spool, level) = (spool, try MoneySettings(spool.configuration).lowCredit)
  }

  /// Whether the balance was at the level before this send and is below it since: true for one send each time it falls.
  package func isLow(after message: MessageID) throws(Failure) -> Bool {
    if level == .zero { return false }
    let ledger = try prepaidLedger(of: spool, purpose: .reading, deadline: .after(CreditWatch.patience))
    guard let payment = try ledger.payment(of: message), payment.state == .charged, payment.external == nil else { return false }
    return !payment.balance.covers(level) && payment.balance.adding(Balance(payment.amount))?.covers(level) != false
  }
}
