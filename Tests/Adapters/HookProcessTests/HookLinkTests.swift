import Alarms
import FeedFixtures
import Foundation
import MessageFormat
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import HookProcess

/// A hook that is switched on by a link, and what stands between looking at it and running it.
@Suite struct HookLinkTests {
  private let folder = TemporaryFolder()

  init() throws {
    for name in ["hooks", "installed"] { try command("mkdir", ["-m", "755", folder.file(name)]) }
  }

  private func install(_ name: String, _ script: String, mode: String = "755") throws {
    // Copied by another program: a child that another test starts must not hold it open for writing (ETXTBSY).
    try folder.write("source", "#!/bin/sh\n\(script)\n")
    try command("install", ["-D", "-m", mode, folder.file("source"), folder.file(name)])
  }

  private func link(_ name: String, to target: String) throws { try command("ln", ["-s", target, folder.file("hooks/\(name)")]) }

  private func catalogue() throws -> HookCatalogue { try HookFolder(path: folder.file("hooks")).scan() }

  private func refusal(of name: String) throws -> String? { try catalogue().refused.first { $0.name == name }?.reason }

  private func run(_ hook: String) throws -> FinishedRun {
    ignoreBrokenPipes()
    let event = Event(sequence: 1, envelope: try FeedFixture.envelope(1))
    let delivery = Delivery(alarm: Alarm(kind: .arrived, receiver: event.receiver, event: event), hook: try #require(HookName(hook)))
    let surroundings = HookCall.Surroundings(spool: "/s", home: folder.path, timeZone: nil)
    let hooks = HookProcesses(folder: HookFolder(path: folder.file("hooks")), timeout: .seconds(30))
    if let run = hooks.start(delivery, HookCall(delivery, text: [], surroundings: surroundings)) { return run }
    let deadline = Deadline.after(.seconds(60))
    while !deadline.hasPassed {
      if let run = try hooks.advance().first { return run }
      _ = try waitForAny(hooks.descriptors, for: deadline.remaining)
    }
    throw HarnessFailure("the hook did not end")
  }

  /// Breaks when an installed hook cannot be switched on by a link, directly or by another link, or does not find its settings.
  @Test func aLinkSwitchesAHookOn() throws {
    try install("installed/note", "echo \"${0##*/} $MSG_ALARM_HOOK $(cat \"$MSG_ALARM_CONF\")\"")
    try link("first", to: "../installed/note")
    try link("second", to: folder.file("hooks/first"))
    try folder.write("hooks/second.conf", "settings of the second\n")
    #expect(try catalogue().runnable.map(\.text) == ["first", "second"])
    #expect(try run("second").lastLine == "note second settings of the second")
  }

  /// Breaks when a hook is not found by its own name, as scripts look for what lies beside them.
  @Test func aHookFindsWhatLiesBesideIt() throws {
    try install("hooks/plain", ". \"$0.conf\"; echo \"$word\"; ls \"$(dirname \"$0\")\" >&2")
    try folder.write("hooks/plain.conf", "word=beside\n")
    let run = try run("plain")
    #expect(run.lastLine == "beside")
    #expect(run.complaint == "plain; plain.conf")
  }

  /// Breaks when a link makes run what somebody else could have written.
  @Test func whatALinkLeadsToIsHeldToTheRule() throws {
    try install("installed/open", "exit 0", mode: "777")
    try install("installed/plain", "exit 0", mode: "644")
    try install("open-folder/good", "exit 0")
    try install("others/good", "exit 0")
    try command("chmod", ["777", folder.file("open-folder")])
    try command("mkdir", [folder.file("installed/folder")])
    for (name, target) in [
      ("open", "installed/open"), ("plain", "installed/plain"), ("loose", "open-folder/good"), ("folder", "installed/folder"),
      ("nowhere", "installed/none"), ("loop", "hooks/loop"),
    ] {
      try link(name, to: folder.file(target))
    }
    #expect(try catalogue().runnable.isEmpty)
    #expect(try refusal(of: "open")?.contains("installed/open: writable by others: chmod go-w it") == true)
    #expect(try refusal(of: "plain")?.contains("not executable") == true)
    #expect(try refusal(of: "loose")?.contains("its folder is writable by others") == true)
    #expect(try refusal(of: "folder")?.contains("not a regular file") == true)
    #expect(try refusal(of: "nowhere")?.contains("leads to nothing") == true)
    #expect(try refusal(of: "loop") != nil)
    guard getuid() == 0 else { try Requirements.lacks("root") }
    for path in ["installed/plain", "others"] { try command("chown", ["12345", folder.file(path)]) }
    try link("other", to: folder.file("others/good"))
    #expect(try refusal(of: "plain")?.contains("wrong owner: it belongs to user 12345") == true)
    #expect(try refusal(of: "other")?.contains("its folder is wrong owner") == true)
  }

  /// Breaks when a program of root's, far from the spool, cannot be linked.
  @Test func aProgramOfTheSystemMayBeLinked() throws {
    try link("true", to: "/usr/bin/true")
    #expect(try catalogue().runnable.map(\.text) == ["true"])
    #expect(try run("true").end == .exited(0))
  }

  /// Breaks when settings, which a hook runs as a part of itself, may be written by others.
  @Test func settingsAreHeldToTheRuleToo() throws {
    try install("hooks/note", "exit 0")
    try folder.write("hooks/note.conf", "")
    #expect(try refusal(of: "note") == nil)
    try command("chmod", ["666", folder.file("hooks/note.conf")])
    #expect(try refusal(of: "note") == "writable by others: chmod go-w note.conf")
    guard case .notStarted(let reason) = try run("note").end else { return #expect(Bool(false)) }
    #expect(reason.contains("note.conf"))
    try command("mv", [folder.file("hooks/note.conf"), folder.file("elsewhere")])
    try command("ln", ["-s", folder.file("elsewhere"), folder.file("hooks/note.conf")])
    #expect(try refusal(of: "note")?.hasPrefix("note.conf is not a regular file") == true)
  }

  /// Breaks when a hook that was made writable after the last scan is run all the same.
  @Test func aHookIsLookedAtAgainBeforeItIsRun() throws {
    try install("hooks/note", "exit 0")
    #expect(try run("note").end == .exited(0))
    try command("chmod", ["o+w", folder.file("hooks/note")])
    guard case .notStarted(let reason) = try run("note").end else { return #expect(Bool(false)) }
    #expect(reason.contains("writable by others"))
  }

  /// Breaks when somebody who may rename the folders above gets another program run than the one that was looked at.
  @Test func whatIsRunIsWhatWasLookedAt() throws {
    try install("installed/note", "exit 7")
    try link("note", to: folder.file("installed/note"))
    let hooks = HookFolder(path: folder.file("hooks"))
    guard case .fit(let program) = try hooks.examine(try #require(HookName("note"))) else { return #expect(Bool(false)) }
    try command("mv", [folder.file("installed"), folder.file("moved")])
    try install("installed/note", "exit 8")
    try folder.write("hooks/note.conf", "ours")
    try command("mv", [folder.file("hooks"), folder.file("hooks-moved")])
    try folder.write("hooks/note.conf", "theirs")
    #expect(try program.isReachable())
    #expect(try TestSupport.run(program.path, []).status == 7)
    #expect(try TestSupport.run("cat", [program.settingsPath]).output == "ours")
  }

  /// Breaks when a hook finds something in its environment that msg-hooks(7) does not tell of, or misses what it tells of.
  @Test func theManualTellsOfTheWholeEnvironment() throws {
    try install("hooks/note", "tr '\\0' '\\n' < /proc/$$/environ | cut -d= -f1 > \"$HOME/names\"")
    #expect(try run("note").end == .exited(0))
    let names = try folder.read("names").split(separator: "\n").map(String.init)
    let text = try #require(
      try Repository.read("man/msg-hooks.7").split(separator: ".SH \"WHAT A HOOK IS GIVEN\"").last?.split(separator: ".SH ").first)
    let told = text.matches(of: /\.TP\n\.BR? ([A-Z_]+)(?: ", " ([A-Z]+))?\n/).flatMap { [$0.1, $0.2].compactMap { $0.map(String.init) } }
    #expect(Set(told).subtracting(["TZ"]) == Set(names))
  }
}
