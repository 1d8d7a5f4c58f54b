package import Ledger
package import SharedKernel

/// The book without a disk: what the rules record is kept in an array.
package final class MemoryBook: LedgerBook, BookView {
  package private(set) var entries: [BookEntry] = []
  package var now = Timestamp(seconds: 1_763_800_000)

  package init() {}

  package func lastEntry(of id: MessageID) throws(Failure) -> BookEntry? { entries.last { $0.posting.id == id } }
  package func balance(of account: Account) throws(Failure) -> Balance? { entries.last { $0.posting.tracked == account }?.posting.balance }
  package func state(of account: Name) throws(Failure) -> AccountState? {
    entries.last { $0.posting.owner == account }.map { AccountState($0.posting) }
  }

  package func forEachEntry(of payer: Name?, newestFirst body: (BookEntry) throws(Failure) -> Bool) throws(Failure) {
    for entry in entries.reversed() where payer == nil || entry.posting.payer == payer || entry.posting.sender == payer {
      if try !body(entry) { return }
    }
  }

  package func record(_ decide: (any BookView) throws(Failure) -> [Posting]) throws(Failure) {
    for posting in try decide(self) { entries.append(BookEntry(sequence: Int64(entries.count + 1), time: now, posting: posting)) }
  }

  package var kinds: [Posting.Kind] { entries.map(\.posting.kind) }
}
