package import SharedKernel

/// What happened in an account in a stretch of time: what it had, its movements by day and kind, what it has.
package struct Statement: Sendable {
  package struct Line: Hashable, Sendable {
    /// `2026-11-27`.
    package let date: String
    package let kind: String
    package fileprivate(set) var count: Int
    /// From the account's side: negative for what it lost.
    package fileprivate(set) var amount: Balance
    /// After the last of them; nil for what was paid at a gateway outside, which keeps that balance.
    package fileprivate(set) var balance: Balance?
  }

  package private(set) var opening: Balance = 0
  package private(set) var closing: Balance = 0
  package private(set) var lines: [Line] = []
  private let account: Name
  private let range: Range<Timestamp>
  private let zone: LocalTime

  package init(of account: Name, in range: Range<Timestamp>, _ zone: LocalTime) {
    (self.account, self.range, self.zone) = (account, range, zone)
  }

  /// Whether the balance of the account is known.
  private var isBegun = false

  /// Takes in the next entry of the account, the oldest first; false once the rest is later than the statement.
  package mutating func add(_ entry: BookEntry) -> Bool {
    let posting = entry.posting
    if entry.time >= range.upperBound { return false }
    guard posting.payer == account, !posting.isBookkeeping else { return true }
    if posting.external == nil, !isBegun {
      (opening, closing, isBegun) = (posting.before, posting.before, true)
    }
    if entry.time >= range.lowerBound { return note(entry) }
    if posting.external == nil { (opening, closing) = (posting.balance, posting.balance) }
    return true
  }

  private mutating func note(_ entry: BookEntry) -> Bool {
    let posting = entry.posting
    let balance = posting.external == nil ? posting.balance : nil
    if let balance { closing = balance }
    if posting.change == 0 { return true }
    let (date, kind) = (zone.day(entry.time), posting.kind.word)
    if let index = lines.lastIndex(where: { $0.date == date && $0.kind == kind && ($0.balance == nil) == (balance == nil) }) {
      var line = lines.remove(at: index)
      line.count += 1
      line.amount = line.amount.adding(posting.change) ?? line.amount
      line.balance = balance
      // The balance is that after the last of them, so they stand where the last of them stood.
      lines.append(line)
    } else {
      lines.append(Line(date: date, kind: kind, count: 1, amount: posting.change, balance: balance))
    }
    return true
  }
}
