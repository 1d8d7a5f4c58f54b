import TestSupport
import Testing

/// Through a sendmail that writes down what it is given; Python's mail library says what a mail program would show, and the real
/// maildrop delivers it.
@Suite struct MailTests {
  private func hook(_ settings: String = "", status: Int = 0) throws -> HookCase {
    let hook = try HookCase("mail")
    try hook.install(
      "sendmail", "printf '%s\\n' \"$@\" > '\(hook.folder.file("words"))'\ncat > '\(hook.folder.file("mail"))'\nexit \(status)")
    try hook.configure(
      "SENDMAIL=\(hook.folder.file("sendmail"))\nRECEIVERS='\ncarol carol@example.org\nbob bob@example.org\n'\n\(settings)")
    return hook
  }

  /// What a mail program makes of the mail: a field of its header, or its body.
  private func field(_ name: String, of hook: HookCase) throws -> String {
    let script = """
      import email, email.policy, sys
      mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
      print(mail.get_content() if sys.argv[2] == "body" else mail[sys.argv[2]], end="")
      """
    return try run("/usr/bin/python3", ["-c", script, hook.folder.file("mail"), name], environment: ["PYTHONIOENCODING": "utf-8"]).output
  }

  /// Breaks when a mail program would show something else than what was sent.
  @Test func koreanMailIsReadable() throws {
    let hook = try hook("FROM=msgspool@example.org")
    let subject = "저녁 약속입니다, 잊지 마세요: " + String(repeating: "가나다", count: 20)
    let text = "저녁 7시에 만나요\n.\nFrom here\n둘째 줄"
    #expect(try hook.call(subject: subject, text: text).status == 0)
    #expect(try hook.folder.read("words") == "-i\n-f\nmsgspool@example.org\n--\nbob@example.org\n")
    #expect(try field("subject", of: hook) == "Message from alice: \(subject)")
    #expect(try field("body", of: hook) == text + "\n")
    #expect(try field("to", of: hook) == "bob@example.org" && field("from", of: hook) == "msgspool@example.org")
    #expect(try field("message-id", of: hook).hasPrefix("<\(HookCase.alarm)@"))
    #expect(try field("auto-submitted", of: hook) == "auto-generated")
    let mail = try hook.folder.read("mail")
    #expect(mail.split(separator: "\n\n")[0].split(separator: "\n").allSatisfy { $0.utf8.count <= 78 && $0.utf8.allSatisfy { $0 < 128 } })
  }

  /// Breaks when a line is longer than SMTP carries (RFC 5321, 4.5.3.1.6), a text comes out otherwise for that, or a subject that looks
  /// encoded is decoded.
  @Test func longLinesFit() throws {
    let hook = try hook()
    let text = "short\n" + String(repeating: "긴 줄 ", count: 900) + "\nend"
    let subject = "=?utf-8?B?7ZWc?= is literal " + String(repeating: "x", count: 150)
    #expect(try hook.call(subject: subject, text: text).status == 0)
    #expect(try field("body", of: hook) == text + "\n" && field("subject", of: hook) == "Message from alice: " + subject)
    #expect(try hook.folder.read("mail").split(separator: "\n").allSatisfy { $0.utf8.count <= 78 })
    #expect(try hook.call(text: "one\rtwo").status == 0)
    #expect(try field("body", of: hook).utf8.elementsEqual("one\rtwo\n".utf8))
  }

  /// Breaks when a long text does not fit on a command line, as 128 KiB do not.
  @Test func theLargestTextArrivesWhole() throws {
    let hook = try hook()
    let text = String(repeating: "가나다라마바사 😀\n", count: 40_000)
    #expect(try hook.call(text: text).status == 0)
    #expect(try hook.folder.read("mail").hasSuffix("\n\n" + text))
    let web = try WebFake([#"{"status": 200}"#])
    #expect(try HookCase("webhook", settings: "URL=\(web.address) FORMAT=json", web: web).call(text: text).status == 0)
    #expect((try web.requests().first?.json["message"] as? [String: Any])?["text"] as? String == text)
  }

  /// Breaks when a subject can add lines to the header.
  @Test func noSubjectWritesTheHeader() throws {
    let hook = try hook()
    #expect(try hook.call(subject: "one\nBcc: everybody@example.org\r\n\r\ntwo").status == 0)
    #expect(try field("bcc", of: hook) == "None")
    #expect(try field("subject", of: hook) == "Message from alice: one Bcc: everybody@example.org    two")
    #expect(try field("body", of: hook) == "안녕\n")
    #expect(try hook.call("digest").status == 0)
    #expect(try field("subject", of: hook) == "2 messages are waiting")
    #expect(try field("body", of: hook) == "2 messages: 1 from alice, 1 from carol\n\nalice: 하나\ncarol: 안녕\n")
  }

  /// Breaks when an answer of the mail system is taken for another (sysexits.h).
  @Test(arguments: [(0, 0), (75, 75), (69, 75), (74, 75), (78, 78), (77, 78), (67, 65), (65, 65), (1, 65)] as [(Int, Int32)])
  func answersAreUnderstood(answered: Int, status: Int32) throws { #expect(try hook(status: answered).call().status == status) }

  @Test func whoGetsMail() throws {
    #expect(try hook().call(to: "dave").status == 67)
    let hook = try hook("DOMAIN=example.com")
    #expect(try hook.call(to: "dave").status == 0)
    #expect(try field("to", of: hook) == "dave@example.com")
    #expect(try HookCase("mail", settings: "DOMAIN=x SENDMAIL=/dev/null/none").call().status == 78)
  }

  /// The real maildrop stands for the mail system.
  @Test func theWholeWay() throws {
    try require("maildrop", from: "maildrop")
    let hook = try HookCase("mail")
    _ = try run("mkdir", ["-p"] + ["new", "cur", "tmp"].map { hook.folder.file("Maildir/\($0)") })
    try hook.folder.write("filter", "to \"\(hook.folder.file("Maildir"))\"\n")
    try hook.install("deliver", "exec maildrop '\(hook.folder.file("filter"))'")
    _ = try run("chmod", ["600", hook.folder.file("filter")])
    try hook.configure("RECEIVERS='bob bob@example.org' SENDMAIL=\(hook.folder.file("deliver"))")
    let outcome = try hook.sendForReal("저녁 7시에 만나요")
    #expect(outcome.status == 0, "\(outcome)")
    let mail = try #require(hook.folder.names(in: "Maildir/new").first)
    #expect(try hook.folder.read("Maildir/new/\(mail)").contains("\n\n저녁 7시에 만나요\n"))
  }
}
