import Foundation
import TestSupport
import Testing

/// SMS through the real daemons, the one with its dummy telephone, the other with its modem switched off.
@Suite struct ShortMessageTests {
  private static let text = "저녁 7시에 만나요 😀 $(id) 'x'"

  private func utf16(_ path: String, after mark: [UInt8]) throws -> String {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let start = try #require(bytes.firstRange(of: mark)?.upperBound)
    return try #require(String(bytes: bytes[start...], encoding: .utf16BigEndian))
  }

  private func gammu() throws -> HookCase {
    let hook = try HookCase("sms-gammu", settings: "")
    for name in ["phone", "inbox", "outbox", "sent", "error"] { _ = try run("mkdir", [hook.folder.file(name)]) }
    try hook.configure(
      "OUTBOX=\(hook.folder.file("outbox")) SENT=\(hook.folder.file("sent"))\nRECEIVERS='\nalice 0101\nbob +821012345678\n'")
    try hook.folder.write(
      "smsdrc",
      """
      [gammu]
      model = dummy
      connection = none
      port = \(hook.folder.file("phone"))
      gammuloc = /dev/null
      [smsd]
      service = files
      logfile = \(hook.folder.file("smsd.log"))
      debuglevel = 1
      commtimeout = 1
      receivefrequency = 1
      statusfrequency = 0
      loopsleep = 1
      checksecurity = 0
      checkbattery = 0
      checksignal = 0
      checknetwork = 0
      inboxpath = \(hook.folder.file("inbox"))/
      outboxpath = \(hook.folder.file("outbox"))/
      sentsmspath = \(hook.folder.file("sent"))/
      errorsmspath = \(hook.folder.file("error"))/
      inboxformat = unicode
      transmitformat = auto
      """)
    return hook
  }

  /// Breaks when more is handed over than the carrier takes for the length that is set, or nothing shows that something is missing.
  @Test(arguments: [("😀", 9, 4), ("가", 9, 9), ("가", 3, 3)]) func longTextIsCut(letter: String, count: Int, shown: Int) throws {
    let hook = try gammu()
    try hook.configure("OUTBOX=\(hook.folder.file("outbox")) RECEIVERS='bob 0101' LENGTH=16")
    #expect(try hook.call(text: String(repeating: letter, count: count)).status == 0)
    let file = try #require(hook.folder.names(in: "outbox").first)
    let text = try utf16(hook.folder.file("outbox/\(file)"), after: [0xfe, 0xff])
    #expect(text == "alice: " + String(repeating: letter, count: shown) + (shown < count ? "…" : ""))
    #expect(text.utf16.count <= 16)
  }

  /// Breaks when Hangul does not reach gammu-smsd, or a repeat is sent twice.
  @Test func gammuSendsKoreanText() throws {
    try require("gammu-smsd", from: "gammu-smsd")
    let hook = try gammu()
    #expect(try hook.call(subject: "제목", text: Self.text).status == 0)
    #expect(try hook.call(subject: "제목", text: Self.text).status == 0)
    #expect(hook.folder.names(in: "outbox").count == 1)
    #expect(try hook.call(to: "01098765432", text: String(repeating: "가", count: 500), id: String(HookCase.alarm.reversed())).status == 0)
    #expect(try hook.sendForReal(Self.text).status == 0)
    #expect(hook.folder.names(in: "outbox").count == 3)
    let daemon = try BackgroundProcess("gammu-smsd", ["-c", hook.folder.file("smsdrc"), "-X", "60"])
    try waitUntil("gammu-smsd has sent all three") { hook.folder.names(in: "sent").count == 3 }
    withExtendedLifetime(daemon) {}
    let log = try hook.folder.read("smsd.log")
    #expect(log.matches(of: /Transmitted .* to \+821012345678/).count >= 2 && log.contains("to 01098765432"))
    let texts = try hook.folder.names(in: "sent").map { try utf16(hook.folder.file("sent/\($0)"), after: [0xfe, 0xff]) }.sorted()
    #expect(texts == ["alice: " + String(repeating: "가", count: 327) + "…", "alice: \(Self.text)", "alice: 제목: \(Self.text)"])
    #expect(hook.folder.names(in: "error").isEmpty)
    // Sent already.
    #expect(try hook.call(text: Self.text).status == 0)
    #expect(hook.folder.names(in: "outbox").isEmpty)
  }

  private func smstools() throws -> HookCase {
    let hook = try HookCase("sms-smstools", settings: "")
    for name in ["outgoing", "incoming", "checked", "sent", "failed"] { _ = try run("mkdir", [hook.folder.file(name)]) }
    try hook.configure("SPOOL=\(hook.folder.path)\nRECEIVERS='bob +821012345678'")
    let folders = ["outgoing", "incoming", "checked", "sent", "failed"].map { "\($0) = \(hook.folder.file($0))\n" }.joined()
    try hook.folder.write(
      "smsd.conf",
      "devices = GSM1\n\(folders)logfile = \(hook.folder.file("log"))\ndelaytime = 1\n"
        + "[GSM1]\ndevice = /dev/null\nmodem_disabled = yes\nincoming = no\n")
    return hook
  }

  /// Breaks when Hangul does not reach smsd, a national number is taken for an international one, or a repeat is sent twice.
  @Test func smstoolsSendsKoreanText() throws {
    try require("smsd", from: "smstools")
    let hook = try smstools()
    #expect(try hook.call(subject: "제목", text: Self.text).status == 0)
    #expect(try hook.call(subject: "제목", text: Self.text).status == 0)
    let other = String(HookCase.alarm.reversed())
    #expect(try hook.call(to: "01098765432", text: Self.text, id: other).status == 0)
    #expect(hook.folder.names(in: "outgoing").count == 2)
    let daemon = try BackgroundProcess(
      "smsd",
      ["-c\(hook.folder.file("smsd.conf"))", "-p\(hook.folder.file("pid"))", "-i\(hook.folder.file("info"))", "-t"])
    // It moves a file there first, and then writes it anew with what became of it.
    let sent = [HookCase.alarm, other].map { "sent/msgspool-\($0)" }
    try waitUntil("smsd has sent both") {
      try sent.allSatisfy { try run("grep", ["-ac", "^Sent: ", hook.folder.file($0)]).output == "1\n" }
        && hook.folder.names(in: "sent").count == 2
    }
    withExtendedLifetime(daemon) {}
    for (id, number, national) in [(HookCase.alarm, "821012345678", false), (other, "01098765432", true)] {
      let path = hook.folder.file("sent/msgspool-\(id)")
      let head = try run("sh", ["-c", "head -c 300 '\(path)' | tr -d '\\0' | sed -n '/^$/q;p' | LC_ALL=C grep -a ."]).lines
      #expect(head.contains("To: \(number)") && head.contains("Alphabet: UCS") && head.contains("X-Msg-Id: \(id)"))
      #expect(head.contains("To_TOA: national") == national)
      #expect(head.contains { $0.hasPrefix("Sent: ") })
      #expect(try utf16(path, after: [10, 10]) == (national ? "alice: \(Self.text)" : "alice: 제목: \(Self.text)"))
    }
    #expect(try hook.call(text: Self.text).status == 0)
    #expect(hook.folder.names(in: "outgoing").isEmpty)
    #expect(try hook.sendForReal(Self.text).status == 0)
    #expect(hook.folder.names(in: "outgoing").count == 1)
  }

  /// Breaks when somebody without a number holds up the rest, or a folder that is not there costs alarms.
  @Test(arguments: ["sms-gammu", "sms-smstools"])
  func whoHasNoNumberIsSkipped(name: String) throws {
    let hook = try name == "sms-gammu" ? gammu() : smstools()
    #expect(try hook.call(to: "carol").status == 67)
    #expect(try hook.call("sent").status == 67)
    try hook.configure("RECEIVERS='bob 1;reboot'\nOUTBOX=\(hook.folder.path) SPOOL=\(hook.folder.path)")
    #expect(try hook.call().status == 78)
    try hook.configure("RECEIVERS='bob 01012345678'\nOUTBOX=/dev/null/none SPOOL=/dev/null/none")
    let missing = try hook.call()
    #expect(missing.status == 78 && missing.errors.contains("/dev/null/none"), "\(missing)")
  }

  @Test(arguments: ["sms-gammu", "sms-smstools"])
  func aDigestSaysHowManyAreFromWhom(name: String) throws {
    let hook = try name == "sms-gammu" ? gammu() : smstools()
    #expect(try hook.call("digest").status == 0)
    let (folder, mark): (String, [UInt8]) = name == "sms-gammu" ? ("outbox", [0xfe, 0xff]) : ("outgoing", [10, 10])
    let file = try #require(hook.folder.names(in: folder).first)
    #expect(try utf16(hook.folder.file("\(folder)/\(file)"), after: mark) == "2 messages: 1 from alice, 1 from carol")
  }

  /// Breaks when jq is taken for granted: without it the preview goes out.
  @Test(arguments: ["sms-gammu", "sms-smstools"])
  func withoutJqThePreviewIsSent(name: String) throws {
    let hook = try name == "sms-gammu" ? gammu() : smstools()
    for program in ["sh", "iconv", "sync", "mv", "date", "rm"] {
      _ = try run("sh", ["-c", "mkdir -p '\(hook.folder.file("bin"))' && ln -s \"$(command -v \(program))\" '\(hook.folder.file("bin"))'"])
    }
    try hook.configure(try hook.folder.read("\(name).conf") + "PATH=\(hook.folder.file("bin"))")
    let outcome = try hook.call(text: Self.text)
    #expect(outcome.status == 0, "\(outcome)")
    let (folder, mark): (String, [UInt8]) = name == "sms-gammu" ? ("outbox", [0xfe, 0xff]) : ("outgoing", [10, 10])
    let file = try #require(hook.folder.names(in: folder).first)
    #expect(try utf16(hook.folder.file("\(folder)/\(file)"), after: mark) == "alice: \(Self.text)")
  }
}
