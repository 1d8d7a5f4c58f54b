package import SharedKernel

/// That an account is closed. Nothing is charged or credited to it any more; what it was charged is given back to it, or to its successor.
package struct Closing: Hashable, Sendable {
  /// The account it was renamed to; nil for one that was closed.
  package let successor: Name?

  package init(successor: Name? = nil) { self.successor = successor }

  private static let words = "renamed to "

  /// The remark at the record of the closing.
  var memo: String { successor.map { Closing.words + $0.text } ?? "" }

  /// What a posting says of its account; nil for an open one. The last record of a closed account is always its closing.
  package init?(_ posting: Posting) {
    guard posting.kind == .closing else { return nil }
    successor = posting.credit == .transfer ? Name(posting.memo.dropFirst(Closing.words.count)) : nil
  }
}

/// What the last record of a prepaid account says of it.
package struct AccountState: Hashable, Sendable {
  package let balance: Balance
  /// Nil for an open account.
  package let closing: Closing?

  package init(balance: Balance, closing: Closing?) { (self.balance, self.closing) = (balance, closing) }

  package init(_ posting: Posting) { self.init(balance: posting.balance, closing: Closing(posting)) }
}

extension Posting {
  /// The closing of an account, which stays its last record.
  static func closing(_ account: Name, _ closing: Closing, balance: Balance, of request: LedgerRequest? = nil) -> Posting {
    Posting(
      .closing, id: request?.id, debit: .prepaid(account), credit: closing.successor == nil ? .cash : .transfer, amount: .zero,
      balance: balance, fingerprint: request?.fingerprint, reference: request?.reference ?? "", memo: closing.memo)
  }
}

extension GeneralLedger {
  /// Records what was decided. What is given back to a closed account, or taken from it, does not open it.
  func record<Answer>(_ decide: (any BookView) throws(Failure) -> Decision<Answer>) throws(Failure) -> Answer {
    try transaction { view throws(Failure) in
      let decision = try decide(view)
      var postings = decision.postings
      // Open accounts alone are charged and topped up.
      for posting in decision.postings where ![.opening, .charge, .topUp, .allowance, .usage, .closing, .reopening].contains(posting.kind) {
        guard let owner = posting.owner, let closing = try view.state(of: owner)?.closing,
          let last = postings.last(where: { $0.owner == owner }), last.kind != .closing, last.kind != .reopening
        else { continue }
        postings.append(.closing(owner, closing, balance: last.balance))
      }
      return Decision(decision.answer, recording: postings)
    }
  }
}

extension BookView {
  /// The account that a charge is given back to: itself, or the one it was renamed to.
  func heir(of account: Name) throws(Failure) -> Name {
    var heir = account
    while let successor = try state(of: heir)?.closing?.successor { heir = successor }
    return heir
  }
}
