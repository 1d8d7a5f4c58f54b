import LedgerFixtures
import SharedKernel
import Testing

@testable import Ledger

/// A memory book with a clock that the test moves on, which counts how often the entries are gone through.
private final class CountingBook: LedgerBook, BookView, Clock, @unchecked Sendable {
  private let book = MemoryBook()
  private(set) var walks = 0

  func now() -> Timestamp { book.now }
  func goOn(_ duration: Duration) { book.now = book.now.adding(duration) }
  func lastEntry(of id: MessageID) throws(Failure) -> BookEntry? { try book.lastEntry(of: id) }
  func balance(of account: Account) throws(Failure) -> Balance? { try book.balance(of: account) }
  func state(of account: Name) throws(Failure) -> AccountState? { try book.state(of: account) }

  func forEachEntry(of payer: Name?, newestFirst body: (BookEntry) throws(Failure) -> Bool) throws(Failure) {
    walks += 1
    try book.forEachEntry(of: payer, newestFirst: body)
  }

  func record(_ decide: (any BookView) throws(Failure) -> [Posting]) throws(Failure) {
    try book.record { _ throws(Failure) in try decide(self) }
  }
}

@Suite struct LimitRulesTests {
  private let book = CountingBook()
  private let gateway: GatewayName
  private let alice: Name
  private let team: Name

  init() throws {
    gateway = try #require(GatewayName("bank"))
    (alice, team) = (try #require(Name("alice")), try #require(Name("team")))
  }

  private func request(_ key: String, _ units: Int64, reference: String? = nil) throws -> LedgerRequest {
    let memo = MessageMemo(accepted: book.now(), sender: alice, recipients: [team], tariffClass: "", key: "").text
    return LedgerRequest(
      id: MessageID(hashing: key), account: team, amount: try #require(Amount(units: units)),
      fingerprint: Fingerprint(of: [Array(key.utf8)]),
      reference: reference ?? key, memo: memo, sender: alice, copies: 1)
  }

  private func ledger(_ limits: [Limit] = [], _ allowances: [Name: Allowance] = [:], opening: Int64 = 100) -> GeneralLedger {
    let policy = LedgerPolicy(opensAccounts: true, currency: Currency("credit"), zone: .utc, clock: book) { () throws(Failure) in
      (limits, allowances)
    }
    return GeneralLedger(book: book, openingCredit: Amount(clamping: opening), policy: policy)
  }

  private func isLimited(_ answer: ChargeAnswer) -> Bool { if case .limited = answer { true } else { false } }

  /// Breaks when each refusal goes through the entries of a month, with the book locked.
  @Test func aRefusalIsCountedOnce() throws {
    for key in ["a", "b", "c"] {
      #expect(try ledger().charge(request(key, 1)) == .charged(balance: Balance(units: key == "a" ? 99 : key == "b" ? 98 : 97)))
    }
    let limited = ledger([Limit(.sender(alice), most: 3, .messages, per: .month), Limit(.account(team), most: 3, .messages, per: .month)])
    #expect(try isLimited(limited.charge(request("d", 1))))
    let walks = book.walks
    for key in ["e", "f"] { #expect(try isLimited(limited.charge(request(key, 1)))) }
    #expect(book.walks == walks)
    // A charge that is taken back makes room again.
    _ = try limited.void(MessageID(hashing: "a"))
    #expect(try limited.charge(request("g", 1)) == .charged(balance: Balance(units: 97)))
    #expect(try isLimited(limited.charge(request("h", 1))))
  }

  /// Breaks when a sender's first count takes what was voided for used, because another account paid.
  @Test func aVoidIsNotCountedWhoeverPays() throws {
    for key in ["a", "b"] { _ = try ledger().charge(request(key, 1)) }
    _ = try ledger().void(MessageID(hashing: "b"))
    for subject in [Limit.Subject.sender(alice), .account(team)] {
      let limited = ledger([Limit(subject, most: 2, .messages, per: .month)])
      #expect(try limited.preview(request("c", 1)) == .charged(balance: Balance(units: 98)), "\(subject)")
    }
  }

  /// Breaks when what is called off today, and was asked for yesterday, makes room today.
  @Test func aReversalCountsForTheDayOfItsCharge() throws {
    let limited = ledger([Limit(.sender(alice), most: 1, .messages, per: .day)])
    let intent = try limited.intend(request("yesterday", 1), at: gateway, salt: KeySalt(random: Array(repeating: 7, count: KeySalt.size)))
    guard case .ask(let payment) = intent else {
      Issue.record("\(intent)")
      return
    }
    book.goOn(.days(1))
    #expect(try limited.charge(request("today", 1)) == .charged(balance: Balance(units: 99)))
    guard case .requested(let reversing) = try limited.void(payment.id) else {
      Issue.record("not given back")
      return
    }
    book.goOn(.seconds(1))
    #expect(try limited.confirmReversal(reversing).state == .voided)
    #expect(try isLimited(limited.charge(request("today too", 1))))
  }

  /// Breaks when a key that somebody read in the book's files stands for a charge: it ended the program, or opened a limit again.
  @Test(arguments: ["at=/", "at=99999999999,hour=0/0,day=0/0,month=0/0"]) func theBooksOwnIdsAreNoKeys(memo: String) throws {
    let limited = ledger([Limit(.account(team), most: 1, .messages, per: .month)])
    _ = try limited.charge(request("a", 1))
    let forged = LedgerRequest(
      id: Limit.Subject.account(team).id, account: team, amount: Amount(clamping: 1), fingerprint: Fingerprint(of: []), reference: "x",
      memo: memo)
    for attempt in [limited.charge, limited.chargeUnlessVoided, limited.chargeFinally] {
      #expect { try attempt(forged) } throws: { ($0 as? Failure)?.kind == .badData }
    }
    #expect { try limited.topUp(forged, opensAccount: true) } throws: { ($0 as? Failure)?.kind == .badData }
    #expect(try isLimited(limited.charge(request("b", 1))))
  }

  /// Breaks when credit that was paid for lapses with an allowance.
  @Test func whatIsGivenBackOfOlderChargesDoesNotLapse() throws {
    let allowances = [team: Allowance(account: team, amount: Amount(clamping: 100), every: .day, rollover: .none)]
    #expect(try ledger().charge(request("old", 50)) == .charged(balance: Balance(units: 50)))
    #expect(try ledger([], allowances).charge(request("new", 60)) == .charged(balance: Balance(units: 90)))
    _ = try ledger().void(MessageID(hashing: "old"))
    book.goOn(.days(1))
    // 40 of the allowance lapse, 100 of one's own credit stay.
    #expect(try ledger([], allowances).charge(request("zero", 0)) == .charged(balance: Balance(units: 200)))
  }

  /// Breaks when a command that had nothing to do does it later, under the same key.
  @Test func keysOfWhatWasDoneAlreadyAreRemembered() throws {
    let ledger = ledger()
    for key in ["first", "again"] { #expect(try ledger.open(request(key, 0)) == .recorded(balance: Balance(units: 100))) }
    for key in ["closed", "closed too"] { #expect(try ledger.close(request(key, 0)) == .recorded(balance: Balance(units: 100))) }
    for key in ["first", "again"] {
      guard case .already = try ledger.open(request(key, 0)) else {
        Issue.record("opened again under \(key)")
        return
      }
    }
    #expect(try ledger.state(of: team)?.closing != nil)
  }
}
