package import SharedKernel

/// The rules of the book checked over all entries in order, whoever wrote them.
package struct BookAudit {
  private var balances: [Name: Int64] = [:]
  private var payments: [MessageID: (state: Payment.State, time: Timestamp)] = [:]
  /// False for a book whose beginning was put away: it may give back what it does not show as charged.
  private let isComplete: Bool

  package init(isComplete: Bool) { self.isComplete = isComplete }

  /// The accounts that were seen so far.
  package var accounts: Set<Name> { Set(balances.keys) }

  /// What is wrong with an entry, given those before it; empty for nothing.
  package mutating func check(_ entry: Entry) -> [String] {
    let posting = entry.posting
    guard let owner = posting.owner else { return ["no account of anybody is in it"] }
    var faults: [String] = []
    if !BookAudit.isCustomary(posting) { faults.append("\(posting.kind) does not go from \(posting.debit) to \(posting.credit)") }
    if let known = balances[owner] {
      if posting.kind == .opening { faults.append("\(owner) is opened a second time") }
      let (expected, overflow) = known.addingReportingOverflow(posting.change)
      if overflow || expected != posting.balance {
        faults.append("\(owner) has \(posting.balance) after it, but \(known) before it and \(posting.change) in it")
      }
    } else if posting.kind != .opening {
      faults.append("\(owner) has no account yet")
    } else if posting.balance != posting.amount.units {
      faults.append("\(owner) is opened with \(posting.amount) and has \(posting.balance)")
    }
    if posting.balance < 0 { faults.append("\(owner) falls to \(posting.balance)") }
    balances[owner] = posting.balance
    if let fault = checkState(entry) { faults.append(fault) }
    return faults
  }

  /// What is wrong with a balance that a later part of the book starts with; nil for nothing. Learns it where it is new.
  package mutating func check(balance: Int64, of account: Account) -> String? {
    guard let owner = account.owner else { return nil }
    defer { balances[owner] = balance }
    guard let known = balances[owner] else { return balance < 0 ? "\(owner) starts with \(balance)" : nil }
    return known == balance ? nil : "\(owner) starts with \(balance), but had \(known)"
  }

  private static func isCustomary(_ posting: Posting) -> Bool {
    let other = posting.debit.owner == nil ? posting.debit : posting.credit
    // What a repair could not account for comes from, or goes to, the account of lost records.
    let customary: Account =
      switch posting.kind {
      case .opening: .opening
      case .topUp: .cash
      case .charge, .void, .refund: .income
      }
    let goesOut = posting.kind == .charge
    return (other == customary || other == .lost) && (posting.debit.owner != nil) == goesOut
  }

  private mutating func checkState(_ entry: Entry) -> String? {
    guard let payment = Payment(entry) else { return nil }
    defer { payments[payment.id] = (payment.state, entry.time) }
    guard let known = payments[payment.id] else {
      let needsCharge = payment.state == .voided || payment.state == .refunded
      return needsCharge && isComplete ? "\(payment.shownKey) is \(payment.state) without a charge" : nil
    }
    let isAllowed: Bool
    switch payment.state {
    case .charged, .toppedUp:
      // An id that the book may have forgotten by then is a new one.
      isAllowed = known.state == .voided || entry.time >= known.time.adding(seconds: Ledger.retention)
    case .voided, .refunded: isAllowed = known.state == .charged
    }
    return isAllowed ? nil : "\(payment.shownKey) is \(payment.state) a second time: it was \(known.state)"
  }
}
