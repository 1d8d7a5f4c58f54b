import MessageFormat
import SharedKernel
import Testing

@testable import Mailbox

struct SummaryTests {
  private func summary(_ file: String, name: String = "50.M1.other") -> Summary {
    Summary(StoredMessage(place: .new, name: name, delivered: Timestamp(seconds: 50)), front: Array(file.utf8), size: file.utf8.count)
  }

  private func text(_ file: String) -> String { String(decoding: MessageText.text(ofMessage: Array(file.utf8)), as: UTF8.self) }

  // Fails when our own message does not come back as it was written.
  @Test func ownMessage() throws {
    let (alice, bob) = (try #require(Name("alice")), try #require(Name("bob.b")))
    let envelope = Envelope(
      id: MessageID(sender: alice, key: "k"), sender: bob, recipients: [alice, bob], subject: "제목 = \"x\"", priority: .normal,
      date: Timestamp(microseconds: 1_795_333_380_123_456), dateOffset: UTCOffset(seconds: 32400), price: Amount(clamping: 1),
      fingerprint: Fingerprint(of: []),
      isQueued: false, notBefore: nil, host: "h")
    let text = Array("줄\r\n\u{0}=3D --\n\n".utf8) + [0xff]
    let file = envelope.message(text: text)
    let name = MaildirName.base(id: envelope.id, delivered: envelope.date, host: "h", size: file.count)
    let summary = Summary(StoredMessage(place: .new, name: name, delivered: Timestamp(seconds: 1)), front: file, size: file.count)
    #expect(summary.sender == "bob.b" && summary.senderAddress == "bob.b@localhost" && summary.recipients == ["alice", "bob.b"])
    #expect(summary.subject == "제목 = \"x\"" && summary.date == envelope.date && summary.message.id == envelope.id.description)
    #expect(MessageText.text(ofMessage: file) == text)
  }

  // Fails when the header of another program is read wrongly, or a hostile one breaks the line it is shown in.
  @Test(arguments: [
    ("From: Bob <bob@x.org>\nSubject: hi\n\n", "Bob", "hi"), ("From: bob@x.org\nSubject: a\n b\n\n", "bob", "a b"),
    ("From: =?UTF-8?B?7ZWc?= <h@x>\nSubject: =?utf-8?q?=EA=B8=80?=\n\n", "한", "글"), ("Subject: x\n\n", "", "x"), ("", "", ""),
    ("no header at all\n", "", ""), ("From:\nSubject:\n\n", "", ""), ("From: \"A, B\" <ab@x>, c@x\n\n", "A, B", ""),
    ("Subject: =?utf-8?q?one=0Atwo=09three?=\nFrom: =?utf-8?q?a=0Ab?= <x@y>\n\n", "a b", "one two three"),
    ("FROM: x@y\r\nsubject: crlf\r\n\r\nbody\r\n", "x", "crlf"),
  ])
  func foreignHeaders(file: String, sender: String, subject: String) {
    #expect(summary(file).sender == sender && summary(file).subject == subject)
  }

  // Fails when a message without a date, or with a bad one, is not dated by its delivery.
  @Test(arguments: [
    ("Date: Sat, 21 Nov 2026 10:00:00 +0100\n\n", 1_795_251_600), ("Date: yesterday\n\n", 50), ("\n", 50), ("Date: 2026-11-21\n\n", 50),
  ])
  func dates(file: String, seconds: Int64) { #expect(summary(file).date == Timestamp(seconds: seconds)) }

  // Fails when a text is shown encoded, or the wrong part of several is.
  @Test(arguments: [
    ("Content-Transfer-Encoding: quoted-printable\n\ncaf=C3=A9=\n x=3D =zz =\n", "café x= =zz "),
    ("Content-Transfer-Encoding: BASE64\n\n7ZWc\n6riA!\n", "한글"),
    ("Content-Type: text/plain; charset=ISO-8859-1\nContent-Transfer-Encoding: quoted-printable\n\ncaf=E9\n", "café\n"),
    ("Content-Type: multipart/mixed; boundary=\"a b\"\n\npre\n--a b\nContent-Type: text/html\n\n<p>\n--a b\n\nplain\n--a b--\n", "plain"),
    (
      "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative;\n boundary=i\n\n--i\n\ninner\n--i--\n--o--\n",
      "inner"
    ),
    ("Content-Type: multipart/mixed; boundary=x\n\n--x\n\ncut short", "cut short"),
    ("Content-Type: multipart/mixed; boundary=x\n\nno part at all\n", "no part at all\n"),
    ("Content-Type: multipart/mixed\n\nno boundary\n", "no boundary\n"),
    ("Content-Type: text/html\n\n<b>bold</b>\n", "bold\n"), ("Content-Type: text\n\nold\n", "old\n"), ("Subject: x", ""),
    ("Content-Type: multipart/mixed; boundary=\"\"\n\n--\n", "--\n"),
  ])
  func texts(file: String, expected: String) { #expect(text(file) == expected) }

  // Fails when parts within parts without end exhaust the stack.
  @Test func deepNesting() {
    let nest = (0..<20_000).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
    // Nobody digs to the bottom: the text is the body as it stands.
    #expect(text(nest).hasPrefix("--b0\nContent-Type"))
  }

  // Fails when a preview grows with the text, splits a character, or breaks the line.
  @Test func previews() {
    #expect(summary("\n\n  two \t words\r\n\n").preview == "two words")
    #expect(summary("\n").preview == "")
    #expect(
      summary("\n\u{85}a\u{2028}\u{2029} \u{b}b\u{a0}\u{2026}c\u{c2}\u{e2}\u{85}\u{2028}").preview == "a b\u{a0}\u{2026}c\u{c2}\u{e2}")
    // As many characters as fit, though not as bytes or scalars.
    for whole in ["x", "한", "e\u{301}", "👨‍👩‍👧‍👦"].map({ String(repeating: $0, count: Summary.previewLength) }) where whole.utf8.count <= 1600 {
      #expect(summary("\n" + whole).preview == whole && summary("\n" + whole + "y").preview.hasSuffix("…"))
    }
    let long = summary("\n" + String(repeating: "한", count: 100_000)).preview
    #expect(long.count == Summary.previewLength && long.hasSuffix("한…") && !long.contains("\u{fffd}"))
    let families = summary("\n" + String(repeating: "👨‍👩‍👧‍👦", count: 300)).preview
    #expect(families.hasSuffix("…") && !families.contains("\u{fffd}"))
  }
}
