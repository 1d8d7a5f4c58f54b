package import SharedKernel

// Several at once: each is decided for itself and in order, on the book as those before it leave it; one append and one fdatasync for all.

extension GeneralLedger {
  /// Charges several messages.
  package func charge(_ requests: [LedgerRequest]) throws(Failure) -> [Result<ChargeAnswer, Failure>] {
    let limits = try policy.limits()
    return try group(requests) { request, view throws(Failure) in try decideCharge(request, limits, view) }
  }

  /// Charges several keys of which a void is final.
  package func chargeUnlessVoided(_ requests: [LedgerRequest]) throws(Failure) -> [Result<ChargeAnswer, Failure>] {
    let limits = try policy.limits()
    return try group(requests) { request, view throws(Failure) in try decideChargeUnlessVoided(request, limits, view) }
  }

  /// Credits several accounts.
  package func topUp(_ requests: [LedgerRequest], opensAccounts: Bool) throws(Failure) -> [Result<MovementAnswer, Failure>] {
    try group(requests) { request, view throws(Failure) in try decideTopUp(request, opensAccount: opensAccounts, view) }
  }

  private func group<Answer>(
    _ requests: [LedgerRequest], _ decide: (LedgerRequest, any BookView) throws(Failure) -> Decision<Answer>
  ) throws(Failure) -> [Result<Answer, Failure>] {
    try record { view throws(Failure) in
      let ahead = BookAhead(view)
      var answers: [Result<Answer, Failure>] = []
      for request in requests {
        do throws(Failure) {
          let decision = try decide(request, ahead)
          ahead.add(decision.postings)
          answers.append(.success(decision.answer))
        } catch {
          // What is wrong with one request alone.
          guard error.kind == .badData || error.kind == .notPermitted else { throw error }
          answers.append(.failure(error))
        }
      }
      return Decision(answers, recording: ahead.postings)
    }
  }
}

/// The book as it will be once some more postings are recorded.
private final class BookAhead: BookView {
  private let book: any BookView
  private(set) var postings: [Posting] = []

  init(_ book: any BookView) { self.book = book }

  func add(_ more: [Posting]) { postings += more }

  func lastEntry(of id: MessageID) throws(Failure) -> BookEntry? {
    // When it is recorded is the book's to say.
    if let last = postings.last(where: { $0.id == id }) { return BookEntry(sequence: 0, time: Timestamp(microseconds: 0), posting: last) }
    return try book.lastEntry(of: id)
  }

  func balance(of account: Account) throws(Failure) -> Balance? {
    if let last = postings.last(where: { $0.tracked == account }) { return last.balance }
    return try book.balance(of: account)
  }

  func forEachEntry(of payer: Name?, newestFirst body: (BookEntry) throws(Failure) -> Bool) throws(Failure) {
    for posting in postings.reversed() where payer == nil || posting.payer == payer || posting.sender == payer {
      if try !body(BookEntry(sequence: 0, time: .latest, posting: posting)) { return }
    }
    try book.forEachEntry(of: payer, newestFirst: body)
  }

  func state(of account: Name) throws(Failure) -> AccountState? {
    if let last = postings.last(where: { $0.owner == account }) { return AccountState(last) }
    return try book.state(of: account)
  }
}
