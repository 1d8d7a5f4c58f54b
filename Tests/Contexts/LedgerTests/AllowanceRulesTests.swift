import LedgerFixtures
import SharedKernel
import Testing

@testable import Ledger

/// A clock that the test moves on, and a book that tells when an id is looked for.
private final class Day: LedgerBook, BookView, Clock, @unchecked Sendable {
  private let book = MemoryBook()
  private var time = Timestamp(seconds: 1_763_800_000)
  /// With the look for this id the next day begins.
  var last: MessageID?

  func now() -> Timestamp { time }

  func lastEntry(of id: MessageID) throws(Failure) -> BookEntry? {
    if id == last { (time, last) = (time.adding(.days(1)), nil) }
    return try book.lastEntry(of: id)
  }

  func balance(of account: Account) throws(Failure) -> Balance? { try book.balance(of: account) }
  func state(of account: Name) throws(Failure) -> AccountState? { try book.state(of: account) }

  func forEachEntry(of payer: Name?, newestFirst body: (BookEntry) throws(Failure) -> Bool) throws(Failure) {
    try book.forEachEntry(of: payer, newestFirst: body)
  }

  func record(_ decide: (any BookView) throws(Failure) -> [Posting]) throws(Failure) {
    try book.record { _ throws(Failure) in try decide(self) }
  }
}

@Suite struct AllowanceRulesTests {
  private func request(_ key: String, _ units: Int64, of account: String = "alice") throws -> LedgerRequest {
    LedgerRequest(
      id: MessageID(hashing: key), account: try #require(Name(account)), amount: try #require(Amount(units: units)),
      fingerprint: Fingerprint(of: [Array(key.utf8)]), reference: key)
  }

  private func ledger(_ day: Day) throws -> GeneralLedger {
    let alice = try #require(Name("alice"))
    let allowance = Allowance(account: alice, amount: Amount(clamping: 100), every: .day, rollover: .none)
    let policy = LedgerPolicy(opensAccounts: true, currency: Currency("credit"), zone: .utc, clock: day) { () throws(Failure) in
      ([], [alice: allowance])
    }
    return GeneralLedger(book: day, openingCredit: Amount(clamping: 500), policy: policy)
  }

  /// Several are charged together, and between them a day ends. Breaks when the second does not know what the first has used: what lapsed
  /// then was taken from what the owner had paid in.
  @Test func aGroupGoesOnOverTheEndOfADay() throws {
    let day = Day()
    let ledger = try ledger(day)
    #expect(try ledger.charge([request("zero", 0)]) == [.success(.charged(balance: 600))])
    day.last = MessageID(hashing: "second")
    #expect(
      try ledger.charge([request("first", 60), request("second", 1)]) == [
        .success(.charged(balance: 540)), .success(.charged(balance: 599)),
      ])
  }

  /// Breaks when an account that can take no allowance keeps others from being charged, or has them told that they were not.
  @Test func oneAccountHasNoRoom() throws {
    let ledger = try ledger(Day())
    #expect(try ledger.topUp(request("all", .max - 500), opensAccount: true) == .recorded(balance: Balance(units: .max)))
    let answers = try ledger.charge([request("first", 1), request("second", 1, of: "bob")])
    #expect(answers[1] == .success(.charged(balance: 499)))
    #expect(throws: Failure.self) { try answers[0].get() }
  }

  /// Breaks when a number in a remark of a forged book ends the program.
  @Test func remarksOfAForgedBook() throws {
    for text in ["at=/", "at=", "at=1,hour=/", "at=1,day=x/y"] { #expect(Usage(text)?.count(.hour).messages ?? 0 == 0, "\(text)") }
    let accepted = "message accepted 2026-11-27T11:43:49.120000Z"
    #expect(MessageMemo("\(accepted) x-9223372036854775808: bob")?.copies == 1)
    #expect(MessageMemo("\(accepted) x2000: bob")?.copies == 2000)
    #expect(AllowanceMemo.kept("allowance of 2026-11, beside -5 that was left") == 0)
  }
}
