import MessageFormat
import SharedKernel
import Testing

/// What is written into a message file is what is read back.
@Suite struct MessageFormatTests {
  private func envelope(subject: String = "", recipients: [String] = ["bob"], copy: Int = 1) throws -> Envelope {
    let alice = try #require(Name("alice"))
    let time = Timestamp(microseconds: 1_795_000_000_123_456)
    return Envelope(
      id: MessageID(sender: alice, at: time, random: [1, 2, 3, 4, 5, 6]), sender: alice,
      recipients: try recipients.map { try #require(Name($0)) },
      copy: copy, subject: subject, priority: .urgent, date: time, dateOffset: .utc, price: Amount(clamping: 3),
      fingerprint: Fingerprint(of: [[1]]),
      isQueued: true, notBefore: Timestamp(seconds: 1_795_000_100), host: "")
  }

  @Test(arguments: [
    "", "plain", "안녕하세요, 저녁 7시에 만나요", "=?UTF-8?B?fake?=", " leading", String(repeating: "가나다라 ", count: 200),
    "a\u{1f468}\u{200d}\u{1f469}b",
  ])
  func envelopesSurvive(subject: String) throws {
    let original = try envelope(
      subject: subject, recipients: ["bob", "a.b", "x..y", "end.", "+8210"] + (0..<60).map { "user-\($0)" }, copy: 2)
    let bytes = original.message(text: Array("body\n".utf8))
    let header = HeaderFields(of: bytes)
    #expect(Envelope(header) == original)
    #expect(Array(bytes[header.bodyStart...]) == Array("body\n".utf8))
    let lines = String(decoding: bytes[..<header.bodyStart], as: UTF8.self).split(separator: "\n")
    #expect(lines.allSatisfy { $0.utf8.count <= 200 && $0.utf8.allSatisfy { $0 < 128 } })
  }

  /// RFC 2047 section 8 examples, and words that break the rules as real senders do.
  @Test(arguments: [
    ("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab"), ("=?ISO-8859-1?Q?a?= b", "a b"), ("=?ISO-8859-1?Q?a_b?=", "a b"),
    ("=?utf-8?q?=EC=95=88?= =?utf-8?B?64WV?=", "안녕"), ("=?utf-8?B?7JWI?= =?utf-8?Q?=EB=85?= =?utf-8?Q?=95?=", "안녕"), ("=?x?y?z", "=?x?y?z"),
    ("=?x-none?B?8A==?=", "=?x-none?B?8A==?="), ("=?koi8-r?B?8A==?=", "П"), ("a =?utf-8?q?b?= c", "a b c"),
    ("=?utf-8?B?!!!?=", "=?utf-8?B?!!!?="),
    ("=?utf-8*ko?Q?x?=", "x"), ("=?euc-kr?Q?=B4=EB=C7?=\t=?EUC_KR?B?0bnOsbk=?=", "대한민국"),
    ("=?iso-2022-jp?B?GyRCRnw=?= =?iso-2022-jp?B?S1wbKEI=?= x", "日本 x"), ("=?euc-kr?Q?=C7?= =?utf-8?Q?x?=", "\u{fffd}x"),
    ("=?unicode-1-1-utf-7?Q?+1VyuAA-?=", "한글"), ("=?x-ms949?Q?=8C=63?=", "똠"),
  ])
  func encodedWords(value: String, text: String) { #expect(EncodedWord.decode(Array(value.utf8)) == text) }

  // Fails when bytes that are not encoded are guessed where they are UTF-8, or not read in the character set that is named elsewhere.
  @Test(arguments: [
    ([0xb1, 0xe4, 0xb1, 0xde], "긴급"), (Array("긴급".utf8), "긴급"), (Array("=?utf-8?Q?=EA=B8=B4?= ".utf8) + [0xb1, 0xde], "긴 급"),
  ])
  func unlabelledBytes(value: [UInt8], text: String) { #expect(EncodedWord.decode(value, unlabelled: Charset("euc-kr")) == text) }

  // Fails when a zone is read as another, or one that is not known as UTC.
  @Test(arguments: [
    ("+0900", 1), ("+09:00", 1), ("+9", 1), ("KST", 1), ("jst", 1), ("GMT+9", 1), ("HKT", 2), ("CST", 16), ("CST (China)", 2), ("UTC", 10),
    ("Z", 10), ("EST", 15), ("-0330 (NST)", 13), ("MSK", 7), ("", 10),
  ])
  func zones(name: String, hour: Int) {
    let minute = name.hasPrefix("-0330") ? 30 : 0
    #expect(
      MailDate.parse("Thu, 26 Nov 2026 10:00:00 \(name)")?.rfc3339
        == "2026-11-26T\(hour < 10 ? "0" : "")\(hour):\(minute == 0 ? "00" : "30"):00.000000Z")
  }

  @Test(arguments: ["IST", "XYZ", "+9900", "+09000", "+0960", "+", "09:00", "GMT+x"])
  func unknownZones(name: String) { #expect(MailDate.parse("26 Nov 2026 10:00:00 \(name)") == nil) }

  @Test func headersAreReadLeniently() {
    let header = HeaderFields(of: Array("From: a\r\nX: 1\r\n 2\r\nnonsense\r\n continued\r\n: empty\r\nx: 3\r\n\r\nbody".utf8))
    #expect(header.text("from") == "a" && header.text("x") == "1 2" && header.text("nonsense") == nil)
    #expect(header.bodyStart == 58)
    #expect(HeaderFields(of: []).fields.isEmpty && HeaderFields(of: [10]).bodyStart == 1)
    #expect(HeaderFields(of: Array("A: b".utf8)).text("a") == "b")
  }

  @Test(
    arguments: [
      ("alice <alice@localhost>", "alice", "alice"), ("\"Kim, Y\" <k@x.y>", "k", "Kim, Y"), ("bare", "bare", nil),
      ("=?utf-8?B?7JWI?= <a@b>", "a", "안"),
    ] as [(String, String, String?)])
  func addresses(value: String, local: String, display: String?) {
    let parsed = Address.parse(Array(value.utf8))
    #expect(parsed.map(\.localPart) == [local] && parsed.map(\.display) == [display])
  }

  @Test func maildirNamesAreSafe() throws {
    let id = try envelope().id
    let name = MaildirName.base(id: id, delivered: Timestamp(microseconds: 5_000_042), host: "a/b:c d\n한", size: 7)
    #expect(name == "5.M000042.\(id).a\\057b\\072c_d__,S=7")
    #expect(MaildirName.messageID(in: name + ":2,S") == id && MaildirName.messageID(in: "1.x.y") == nil)
    #expect(MaildirName.messageID(in: "5.\(id).host,S=7") == id, "as earlier versions named a message")
    #expect(MaildirName.beforeFlags(of: name + ":2,FS") == name)
  }

  // Fails when a name that begins with some other number is taken for a time of delivery, or what is no microseconds for them.
  @Test(
    arguments: [
      ("1795333380.x.h", 1_795_333_380_000_000), ("1795333380", nil), ("x.1.h", nil), ("1234567890123.x", nil), ("1a.x", nil), (".1", nil),
      ("7.M000042.01J0.h", 7_000_042), ("7.M42P9Q1.h", 7_000_042), ("7.V801I1234M567890.h", 7_567_890), ("7.H000005P3.h", 7_000_005),
      ("7.01M000042.h", 7_000_000), ("7.M1234567.h", 7_000_000), ("7.P3.M000042", 7_000_000), ("7.M", 7_000_000), ("7.", 7_000_000),
    ] as [(String, Int64?)])
  func deliveryTimes(name: String, microseconds: Int64?) {
    #expect(MaildirName.delivered(Array(name.utf8).span)?.microseconds == microseconds)
  }
}
