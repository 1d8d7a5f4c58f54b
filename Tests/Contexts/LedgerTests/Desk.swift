import Ledger
import SharedKernel
import Testing

/// The book without a disk: what the rules record is kept in an array.
final class MemoryBook: LedgerBook, BookView {
  private(set) var entries: [Entry] = []
  var now = Timestamp(seconds: 1_763_800_000)

  func lastEntry(of id: MessageID) throws(Failure) -> Entry? { entries.last { $0.posting.id == id } }
  func balance(of account: Account) throws(Failure) -> Int64? { entries.last { $0.posting.tracked == account }?.posting.balance }

  func transaction<Answer>(_ decide: (any BookView) throws(Failure) -> Decision<Answer>) throws(Failure) -> Answer {
    let decision = try decide(self)
    for posting in decision.postings { entries.append(Entry(sequence: Int64(entries.count + 1), time: now, posting: posting)) }
    return decision.answer
  }

  var kinds: [Posting.Kind] { entries.map(\.posting.kind) }
}

/// A ledger over a memory book, with short words for requests.
struct Desk {
  let book = MemoryBook()
  let ledger: GeneralLedger

  init(openingCredit: Int64 = 100) throws {
    ledger = GeneralLedger(book: book, openingCredit: try #require(Amount(units: openingCredit)))
  }

  func id(_ key: String) -> MessageID { MessageID(hashing: key) }

  func charge(_ key: String, _ units: Int64, _ account: String = "alice", content: String = "") throws -> ChargeAnswer {
    try ledger.charge(
      LedgerRequest(
        id: id(key), account: try #require(Name(account)), amount: try #require(Amount(units: units)),
        fingerprint: Fingerprint(of: [Array("\(units)\(content)".utf8)]), reference: key))
  }

  func topUp(_ key: String, _ units: Int64, _ account: String = "alice") throws -> TopUpAnswer {
    try ledger.topUp(
      LedgerRequest(
        id: id(key), account: try #require(Name(account)), amount: try #require(Amount(units: units)),
        fingerprint: Fingerprint(of: [Array("\(units)".utf8)]), reference: key))
  }

  func balance(_ account: String = "alice") throws -> Int64? { try ledger.balance(of: try #require(Name(account))) }
}
