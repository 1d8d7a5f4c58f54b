import Ledger
import LedgerFixtures
import SharedKernel
import Testing

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

  func topUp(_ key: String, _ units: Int64, _ account: String = "alice") throws -> MovementAnswer {
    try ledger.topUp(
      LedgerRequest(
        id: id(key), account: try #require(Name(account)), amount: try #require(Amount(units: units)),
        fingerprint: Fingerprint(of: [Array("\(units)".utf8)]), reference: key), opensAccount: true)
  }

  func balance(_ account: String = "alice") throws -> Balance? { try ledger.balance(of: try #require(Name(account))) }
}
