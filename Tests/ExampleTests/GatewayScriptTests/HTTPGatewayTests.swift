import TestSupport
import Testing

/// The shipped `http` gateway against a provider that misbehaves.
@Suite(WithHTTPProvider()) struct HTTPGatewayTests {
  private let provider: HTTPProvider
  private var gateway: GatewayCall { provider.gateway }

  init() throws { provider = try #require(HTTPProvider.current) }

  @Test func aKeyIsChargedOnceAndGivenBackOnce() throws {
    #expect(try gateway("status", "plain-1", account: "alice").status == 69)
    let first = try gateway("charge", "plain-1", account: "alice")
    #expect(first.status == 0 && first.output.hasPrefix("ok ch_") && first.lines.count == 1, "\(first)")
    #expect(try gateway("charge", "plain-1", account: "alice").output == first.output)
    #expect(try gateway("charge", "plain-1", "4", account: "alice").status == 65)
    #expect(try gateway.keepsTheContract(key: "plain-1", account: "alice") == [0, 0, 0, 0, 0, 77, 77])
    #expect(try provider.moves(of: "plain-1") == [3, -3])
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    /// The answer to the first charge, and to `status` after it.
    let charge: Int32, status: Int32
    var testDescription: String { name }
  }

  /// Breaks when what may have been charged is called not charged, or the other way round.
  @Test(arguments: [
    Fault(name: "twice", charge: 0, status: 0), Fault(name: "decline", charge: 77, status: 77),
    Fault(name: "limited", charge: 69, status: 69), Fault(name: "busy", charge: 75, status: 69),
    Fault(name: "fails", charge: 76, status: 69), Fault(name: "drops", charge: 76, status: 69),
    Fault(name: "late", charge: 76, status: 0), Fault(name: "loses", charge: 76, status: 0),
    Fault(name: "breaks", charge: 76, status: 0), Fault(name: "garbage", charge: 76, status: 0),
    Fault(name: "cut", charge: 76, status: 0),
  ])
  func everyFaultIsAnsweredAsWhatItIs(fault: Fault) throws {
    let key = "\(fault.name)-1"
    let call = try gateway("charge", key, account: "alice")
    #expect(call.status == fault.charge, "\(call)")
    #expect(try gateway("status", key, account: "alice").status == fault.status)
    let isDeclined = fault.charge == 77
    #expect(try gateway.keepsTheContract(key: key, account: "alice") == (isDeclined ? [77, 77, 77] : [0, 0, 0]) + [0, 0, 77, 77])
    #expect(try provider.moves(of: key) == (isDeclined ? [] : [3, -3]))
  }

  /// This provider forgets the void of a key that it does not know.
  @Test func aVoidBeforeTheChargeIsRemembered() throws {
    #expect(try gateway("void", "forgotten-1", account: "alice").status == 0)
    #expect(try gateway.keepsTheContract(key: "forgotten-1", account: "alice") == [77, 77, 77, 0, 0, 77, 77])
    #expect(try provider.moves(of: "forgotten-1").reduce(0, +) == 0)
  }

  @Test func aChargeThatArrivesAfterItsVoidTakesNothing() throws {
    #expect(try gateway("charge", "overtaken-1", account: "alice").status == 76)
    #expect(try gateway("void", "overtaken-1", account: "alice").status == 0)
    #expect(try gateway("charge", "overtaken-1", account: "alice").status == 77)
    #expect(try provider.moves(of: "overtaken-1") == [3, -3])
  }

  /// Without a connection nothing was asked, but nothing is known of the key either.
  @Test(arguments: ["url=http://127.0.0.1:1/v1/charges\n", "url=http://nowhere.invalid/v1/charges\n", "url=https://127.0.0.1:PORT/v1\n"])
  func noProvider(configuration: String) throws {
    let nowhere = try provider.gateway(configuration: configuration)
    #expect(try nowhere("charge", "nowhere-1", account: "x").status == 69)
    #expect(try nowhere("status", "nowhere-1", account: "x").status == 76)
    #expect(try nowhere("void", "nowhere-1", account: "x").status == 76)
  }

  @Test func aWrongSecretChargesNothing() throws {
    let stranger = try provider.gateway(configuration: "url=http://127.0.0.1:PORT/v1/charges\n")
    #expect(try stranger("charge", "stranger-1", account: "alice").status == 69)
    #expect(try provider.moves(of: "stranger-1").isEmpty)
  }

  @Test(arguments: ["colour=red\n", "max-time=1\n", "url=http://127.0.0.1:PORT/\nheaders=missing\n"])
  func aWrongConfigurationIsSaid(configuration: String) throws {
    let outcome = try provider.gateway(configuration: configuration)("charge", "conf-1", account: "alice")
    #expect(outcome.status == 78 && outcome.errors.hasPrefix("http: "), "\(outcome)")
  }

  @Test(arguments: ["../../etc", "a b", "k?x=1", "k&amount=1", ""])
  func aKeyNeverChangesTheRequest(key: String) throws {
    #expect(try gateway("charge", key, account: "alice").status == 64)
  }

  @Test func anAccountIsOnlyText() throws {
    #expect(try gateway("charge", "account-1", account: "alice&amount=100 한글\"@/etc/passwd").status == 0)
    #expect(try provider.moves(of: "account-1") == [3])
  }
}
