import Foundation
import TestSupport
import Testing

/// What holds for every hook that is shipped.
@Suite struct ShippedHookTests {
  /// Settings with which each hook would do its work, as far as its programs are asked for nothing yet.
  private static let settings = [
    "alimtalk": "URL=http://127.0.0.1:1/ BODY='{}'", "kafka": "BROKERS=127.0.0.1:1", "kakaotalk": "RECEIVER=bob CLIENT_ID=1",
    "mail": "DOMAIN=example.org SENDMAIL=/bin/false", "webhook": "URL=http://127.0.0.1:1/",
    "desktop": "RECEIVER=bob DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent", "sms-gammu": "", "sms-smstools": "",
  ]

  @Test func thereAreTwelve() { #expect(HookCase.names.count == 12) }

  @Test(arguments: HookCase.names)
  func isACleanPOSIXScript(name: String) throws {
    try require("shellcheck", from: "shellcheck")
    let path = "\(HookCase.available)/\(name)"
    let found = try run("shellcheck", ["--shell=sh", path])
    #expect(found.status == 0, "\(found.output)")
    #expect(try run("test", ["-x", path]).status == 0)
    #expect(try run("dash", ["-n", path]).status == 0 && run("dash", ["-n", "\(path).conf"]).status == 0)
  }

  /// Breaks when a setting is added that the example configuration does not explain, or one is explained that is none.
  @Test(arguments: HookCase.names)
  func everySettingIsExplained(name: String) throws {
    func names(_ lines: some Sequence<Substring>) -> Set<String> {
      Set(lines.compactMap { $0.firstMatch(of: /^(?:# )?([A-Z_]+)=/).map { String($0.1) } })
    }
    let script = try String(contentsOfFile: "\(HookCase.available)/\(name)", encoding: .utf8).split(separator: "\n")
    let defaults = script.prefix { !$0.hasPrefix(". ") && !$0.hasPrefix("  . ") }
    let explained = try String(contentsOfFile: "\(HookCase.available)/\(name).conf", encoding: .utf8).split(separator: "\n")
    // Where Kakao itself is, nobody but a test changes.
    #expect(names(defaults).subtracting(["API", "LOGIN"]) == names(explained))
    #expect(names(defaults).contains("KINDS"))
  }

  /// Breaks when a kind that nobody asked for is raised, or one of a newer daemon is taken for a failure.
  @Test(arguments: HookCase.names)
  func aKindThatIsNotWantedIsSkipped(name: String) throws {
    let hook = try HookCase(name, settings: "\(Self.settings[name] ?? "")\nKINDS='failed'")
    #expect(try hook.call("arrived").status == 67)
    #expect(try hook.call("a-kind-to-come").status == 67)
  }

  /// Breaks when faulty or missing settings cost an alarm: a hook that cannot work asks to be paused.
  @Test(arguments: HookCase.names)
  func faultySettingsPauseTheHook(name: String) throws {
    let hook = try HookCase(name, settings: "KINDS='arrived\n")
    let faulty = try hook.call()
    #expect(faulty.status == 78 && !faulty.errors.isEmpty, "\(faulty)")
    if ["alimtalk", "kafka", "kakaotalk", "mail", "webhook"].contains(name) {
      let missing = try HookCase(name, settings: nil).call()
      #expect(missing.status == 78 && missing.errors.contains("\(name).conf is missing: copy"), "\(missing)")
    }
  }

  /// Breaks when a word of a message is taken for a command. Wherever the hook comes to, it has read the text by then.
  @Test(arguments: HookCase.names)
  func noTextIsACommand(name: String) throws {
    let hook = try HookCase(name, settings: Self.settings[name])
    let target = hook.folder.file("owned")
    let text = "$(touch \(target)) `touch \(target)` '; touch \(target); ' \" & touch \(target) \\\n-rf %s%n"
    _ = try hook.call(subject: text, text: text)
    #expect(!hook.folder.names(in: ".").contains("owned"))
  }

  /// Breaks when the log loses its line, or a full disk costs the alarm.
  @Test func logWritesALine() throws {
    let hook = try HookCase("log", settings: nil)
    #expect(try hook.call("sent", to: "alice").status == 0)
    #expect(try hook.call("digest").status == 0)
    #expect(try hook.folder.read("msg-alarms.log").split(separator: "\n").first == "2026-11-22T18:00:00.000000Z sent for alice: 안녕")
    #expect(try HookCase("log", settings: "FILE=/dev/full").call().status == 75)
    #expect(try hook.sendForReal("저녁 7시에 만나요").status == 0)
    #expect(try hook.folder.read("msg-alarms.log").contains("arrived for bob: 저녁 7시에 만나요"))
  }
}
