import Ledger
import LedgerFixtures
import MessageFormat
import PaymentRouting
import SharedKernel
import Testing

/// The payments of a spool over a book in memory, with short words for requests.
struct PaymentDesk {
  let book = MemoryBook()
  let refunds = MemoryRefunds()
  let bank: ScriptedGateway
  let other: ScriptedGateway

  init() throws {
    bank = ScriptedGateway(try #require(GatewayName("bank")))
    other = ScriptedGateway(try #require(GatewayName("other")))
  }

  /// The payments of one process. `gateway` is where new ones go, nil for the embedded ledger.
  func payments(at gateway: ScriptedGateway?) throws -> SpoolPayments {
    let ledger = GeneralLedger(book: book, openingCredit: try #require(Amount(units: 100)))
    let gateways = [bank, other]
    return SpoolPayments(ledger: ledger, refunds: refunds, currency: Currency("KRW"), activeGateway: gateway?.name) {
      name throws(Failure) in
      guard let found = gateways.first(where: { $0.name == name }) else { throw Failure(.configuration, "no gateway \(name)") }
      return found
    }
  }

  static func id(_ key: String) -> MessageID { MessageID(hashing: key) }

  static func envelope(_ key: String, price: Int64 = 10, acceptedAt second: Int64 = 1_790_000_000) throws -> Envelope {
    Envelope(
      id: id(key), sender: try #require(Name("alice")), recipients: [try #require(Name("bob"))], subject: "", priority: .normal,
      date: Timestamp(seconds: second), dateOffset: .utc, price: try #require(Amount(units: price)),
      fingerprint: Fingerprint(of: [Array("\(price)".utf8)]), isQueued: false, notBefore: nil, host: "here")
  }
}
