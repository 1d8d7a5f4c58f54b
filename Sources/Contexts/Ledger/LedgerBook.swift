package import SharedKernel

/// What a decision may look up while the book stands still for it.
package protocol BookView: LedgerEntries {
  /// The last entry that carries an id; nil when the book does not know the id (any more: it remembers at least 35 days).
  func lastEntry(of id: MessageID) throws(Failure) -> BookEntry?
  /// The balance of a tracked account; nil for a prepaid one that has not been opened, and for a clearing account that was
  /// never used.
  func balance(of account: Account) throws(Failure) -> Balance?
  /// What is known of a prepaid account; nil for one that has not been opened.
  func state(of account: Name) throws(Failure) -> AccountState?
}

/// What follows from what was found: the postings to record, in order, and what to answer once they are durable.
package struct Decision<Answer> {
  package let postings: [Posting]
  package let answer: Answer

  package init(_ answer: Answer, recording postings: [Posting] = []) {
    (self.answer, self.postings) = (answer, postings)
  }
}

/// The book that all processes share.
package protocol LedgerBook: AnyObject {
  /// Runs `decide` with the book locked against every other transaction, records the postings that it returns all or none, and returns
  /// when they, and every entry that was looked up by id, are durable.
  func record(_ decide: (any BookView) throws(Failure) -> [Posting]) throws(Failure)
}

extension GeneralLedger {
  /// Records what `decide` found to be recorded, and returns its answer.
  func transaction<Answer>(_ decide: (any BookView) throws(Failure) -> Decision<Answer>) throws(Failure) -> Answer {
    var answer: Answer?
    try book.record { view throws(Failure) in
      let decision = try decide(view)
      answer = decision.answer
      return decision.postings
    }
    guard let answer else { throw Failure(.internalError, "the book asked for no decision") }
    return answer
  }
}

/// The entries of the book by who pays, for questions that its index of ids does not answer.
package protocol LedgerEntries: AnyObject {
  /// Calls `body` with each entry of which `payer` is the payer or the sender, the newest first, until it returns false, as the book stood
  /// when the call began; 65 at the first damaged record that is read on the way.
  func forEachEntry(of payer: Name?, newestFirst body: (BookEntry) throws(Failure) -> Bool) throws(Failure)
}
