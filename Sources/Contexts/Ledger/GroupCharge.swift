package import SharedKernel

extension GeneralLedger {
  /// Charges several at once, each for itself and in their order: one append and one fdatasync for all.
  package func charge(_ requests: [LedgerRequest]) throws(Failure) -> [ChargeAnswer] {
    try record { view throws(Failure) in
      var ahead = BookAhead(view)
      var answers: [ChargeAnswer] = []
      for request in requests {
        let decision = try decideCharge(request, ahead)
        ahead.add(decision.postings)
        answers.append(decision.answer)
      }
      return Decision(answers, recording: ahead.postings)
    }
  }
}

/// The book as it will be once some more postings are recorded.
private struct BookAhead: BookView {
  private let book: any BookView
  private(set) var postings: [Posting] = []

  init(_ book: any BookView) { self.book = book }

  mutating func add(_ more: [Posting]) { postings += more }

  func lastEntry(of id: MessageID) throws(Failure) -> Entry? {
    // A group holds an id once.
    try book.lastEntry(of: id)
  }

  func balance(of account: Account) throws(Failure) -> Balance? {
    if let last = postings.last(where: { $0.tracked == account }) { return last.balance }
    return try book.balance(of: account)
  }

  func state(of account: Name) throws(Failure) -> AccountState? {
    if let last = postings.last(where: { $0.owner == account }) { return AccountState(last) }
    return try book.state(of: account)
  }
}
