package import SharedKernel

/// The rules of the book checked over all entries in order, by whichever process.
package struct BookAudit {
  /// What has to be known of every id, however many there are.
  private struct Known {
    let state: Payment.State
    let time: Timestamp
  }

  private var balances: [Account: Balance] = [:]
  private var payments: [MessageID: Known] = [:]
  private var closed: Set<Account> = []
  /// The external payments whose outcome is open, by what is recorded of them last.
  private var openPayments: [MessageID: ExternalPayment?] = [:]
  /// False for a book whose beginning was put away: it may give back what it does not show as charged.
  private let isComplete: Bool

  package init(isComplete: Bool) { self.isComplete = isComplete }

  /// The tracked accounts that were seen so far.
  package var accounts: Set<Account> { Set(balances.keys) }

  /// The external payments whose outcome is open.
  package var open: Set<MessageID> { Set(openPayments.keys) }

  /// What is wrong with an entry, given those before it; empty for nothing.
  package mutating func check(_ entry: BookEntry) -> [String] {
    let posting = entry.posting
    if posting.isBookkeeping { return [] }
    guard let tracked = posting.tracked else { return ["no account of anybody is in it"] }
    var faults: [String] = []
    if !BookAudit.isCustomary(posting) { faults.append("\(posting.kind.rawValue) does not go from \(posting.debit) to \(posting.credit)") }
    if let fault = BookAudit.wrongAmount(posting) { faults.append(fault) }
    // A clearing account needs no opening: it begins with nothing.
    if let known = balances[tracked] ?? (tracked.owner == nil ? 0 : nil) {
      if posting.kind == .opening { faults.append("\(tracked) is opened a second time") }
      if known.adding(posting.change) != posting.balance {
        faults.append("\(tracked) has \(posting.balance) after it, but \(known) before it and \(posting.change) in it")
      }
    } else if posting.kind != .opening {
      faults.append("\(tracked) has no account yet")
    } else if posting.balance != Balance(posting.amount) {
      faults.append("\(tracked) is opened with \(posting.amount) and has \(posting.balance)")
    }
    if closed.contains(tracked), posting.kind == .charge || posting.kind == .topUp { faults.append("\(tracked) is closed") }
    if posting.kind == .closing { closed.insert(tracked) } else if posting.kind == .reopening { closed.remove(tracked) }
    if posting.balance < 0, tracked.owner != nil { faults.append("\(tracked) falls to \(posting.balance)") }
    balances[tracked] = posting.balance
    if let fault = checkState(entry) { faults.append(fault) }
    return faults
  }

  /// What is wrong with a balance that a later part of the book starts with; nil for nothing. Learns it where it is new.
  package mutating func check(balance: Balance, of account: Account, _ closing: Closing? = nil) -> String? {
    guard account.isTracked else { return nil }
    defer { balances[account] = balance }
    if closing != nil { closed.insert(account) }
    guard let known = balances[account] else {
      return balance < 0 && account.owner != nil ? "\(account) starts with \(balance)" : nil
    }
    return known == balance ? nil : "\(account) starts with \(balance), but had \(known)"
  }

  /// What is wrong with an open payment that a later part of the book starts with; nil for nothing. Learns it where it is new.
  package mutating func check(open entry: BookEntry) -> String? {
    guard let payment = Payment(entry) else { return "an open payment without an id" }
    defer { learn(payment, entry.time) }
    guard let known = payments[payment.id] else {
      return isComplete ? "\(payment.shownKey) starts as \(payment.state.rawValue), but was never asked for" : nil
    }
    return known.state == payment.state && openPayments[payment.id] == .some(payment.external)
      ? nil : "\(payment.shownKey) starts as \(payment.state.rawValue), but was \(known.state.rawValue)"
  }

  private mutating func learn(_ payment: Payment, _ time: Timestamp) {
    payments[payment.id] = Known(state: payment.state, time: time)
    if payment.isOpen {
      openPayments[payment.id] = .some(payment.external)
    } else {
      openPayments.removeValue(forKey: payment.id)
    }
  }

  private static func isCustomary(_ posting: Posting) -> Bool {
    let other = posting.debit.isTracked ? posting.credit : posting.debit
    let isOfGateway = posting.external != nil
    // What a repair could not account for comes from, or goes to, the account of lost records.
    let (customary, goesOut): (Account, Bool) =
      switch posting.kind {
      case .opening: (.opening, false)
      case .topUp: (.cash, false)
      case .charge, .pending, .posted, .declined, .reversal: (.income, true)
      case .void, .refund: (.income, false)
      case .topUpReversal, .payout: (.cash, true)
      case .allowance: (.allowance, posting.debit.isTracked)
      case .adjustment: (.adjustment, posting.debit.isTracked)
      case .transfer: (.transfer, posting.debit.isTracked)
      case .closing: (posting.credit == .transfer ? .transfer : .cash, true)
      case .reopening: (.cash, false)
      case .usage, .currency: (.income, true)
      }
    let mayBeOfGateway: Bool =
      switch posting.kind {
      case .opening, .topUp, .charge, .topUpReversal, .adjustment, .payout, .transfer, .closing, .reopening, .allowance, .usage, .currency:
        !isOfGateway
      case .pending, .posted, .reversal: isOfGateway
      case .declined, .void, .refund: true
      }
    return mayBeOfGateway && (other == customary || other == .lost) && posting.debit.isTracked == goesOut
  }

  private static func wrongAmount(_ posting: Posting) -> String? {
    guard let external = posting.external else {
      let movesNothing = [.declined, .closing, .reopening].contains(posting.kind)
      return movesNothing && posting.amount != .zero ? "\(posting.kind.rawValue) moves \(posting.amount)" : nil
    }
    let expected: Amount =
      switch posting.kind {
      case .posted: external.asked
      case .void, .refund: external.charged
      default: .zero
      }
    return posting.amount == expected ? nil : "\(posting.kind.rawValue) moves \(posting.amount), not \(expected)"
  }

  private mutating func checkState(_ entry: BookEntry) -> String? {
    guard let payment = Payment(entry) else { return nil }
    defer { learn(payment, entry.time) }
    guard let known = payments[payment.id] else {
      // A void that came before its charge leaves a record of nothing.
      let needsEarlier =
        payment.state == .reversed
        || payment.state != .pending && (payment.external != nil || payment.state == .voided || payment.state == .refunded)
      let isTombstone = payment.external == nil && payment.state == .voided && payment.amount == .zero
      return needsEarlier && isComplete && !isTombstone ? "\(payment.shownKey) is \(payment.state.rawValue) without a charge" : nil
    }
    // An id that the book may have forgotten by then is a new one.
    let isForgotten = entry.time >= known.time.adding(GeneralLedger.retention) && openPayments[payment.id] == nil
    let from = known.state
    let isFree = from == .voided || from == .declined || isForgotten
    let isAllowed: Bool =
      switch (payment.state, payment.external != nil) {
      case (.charged, false), (.toppedUp, _), (.pending, _), (.declined, false): isFree
      case (.adjusted, _), (.paidOut, _), (.opened, _), (.closed, _), (.renamed, _): isFree
      case (.reversed, _): from == .toppedUp
      case (.charged, true), (.declined, true): from == .pending
      case (.reversing, _): from == .pending || from == .charged
      case (.voided, true), (.refunded, true): from == .reversing
      case (.voided, false), (.refunded, false): from == .charged
      }
    if !isAllowed { return "\(payment.shownKey) is \(payment.state.rawValue) a second time: it was \(from.rawValue)" }
    return nil
  }
}

extension Payment {
  /// Whether its outcome is unknown.
  package var isOpen: Bool { state == .pending || state == .reversing }
}
