import Alarms
import FeedFixtures
import Foundation
import MessageFormat
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import HookProcess

@Suite struct HookProcessTests {
  private let folder = TemporaryFolder()

  private func delivery(_ hook: String) throws -> Delivery {
    let event = Event(sequence: 1, envelope: try FeedFixture.envelope(1))
    return Delivery(alarm: Alarm(kind: .arrived, receiver: event.receiver, event: event), hook: try #require(HookName(hook)))
  }

  /// Runs a shell script as a hook to its end; nil when it does not end within a minute.
  private func run(_ script: String, text: String = "hello", timeout: Duration = .seconds(30)) throws -> FinishedRun? {
    // Copied by another program: a child that another test starts must not hold it open for writing (ETXTBSY).
    try folder.write("source", "#!/bin/sh\n" + script)
    try command("install", ["-m", "755", folder.file("source"), folder.file("hook")])
    return try runHook(text: text, timeout: timeout)
  }

  private func runHook(text: String = "hello", timeout: Duration = .seconds(30)) throws -> FinishedRun? {
    ignoreBrokenPipes()
    let delivery = try delivery("hook")
    let call = HookCall(
      delivery, text: Array(text.utf8), surroundings: HookCall.Surroundings(spool: "/s", home: folder.path, timeZone: nil))
    let hooks = HookProcesses(folder: HookFolder(path: folder.path), timeout: timeout)
    if let run = hooks.start(delivery, call) { return run }
    let deadline = Deadline.after(.seconds(60))
    while !deadline.hasPassed {
      if let run = try hooks.advance().first { return run }
      let wait = min(hooks.deadline?.remaining ?? .days(1), deadline.remaining)
      _ = try waitForAny(hooks.descriptors, for: wait)
    }
    return nil
  }

  /// Breaks when an exit status is lost on its way.
  @Test(arguments: [0, 1, 67, 75, 78, 126, 127])
  func exitStatusesComeThrough(status: Int32) throws {
    #expect(try run("exit \(status)\n")?.end == .exited(status))
  }

  /// Breaks when a hook's surroundings are the daemon's: shell, folder, umask, descriptors, signals, group.
  @Test func aHookStartsClean() throws {
    let script = """
      { pwd; umask; echo "$@"; ls /proc/self/fd | wc -l; ps -o pgid= -p $$ | tr -d ' '; echo $$; env | cut -d= -f1 | grep -v MSG_ALARM | sort | tr '\\n' ' '; echo
      grep -E '^Sig(Blk|Ign)' /proc/self/status; } > "$HOME/out"; cat > "$HOME/in"
      """
    #expect(try run(script)?.end == .exited(0))
    let out = try folder.read("out").split(separator: "\n").map(String.init)
    #expect(out[0] == "/")
    #expect(out[1] == "0077")
    #expect(out[2] == "arrived bob \(try delivery("hook").alarm.id)")
    // 0, 1, 2, and the folder that ls itself has open.
    #expect(out[3] == "4")
    #expect(out[4] == out[5])
    #expect(out[6] == "HOME LANG PATH PWD ")
    #expect(out[7] == "SigBlk:\t0000000000000000")
    // 32 and 33 are glibc's own and not to be set.
    #expect(try #require(UInt64(out[8].suffix(16), radix: 16)) & 0x7fff_ffff == 0)
    #expect(try folder.read("in").hasSuffix("}\n"))
  }

  /// Breaks when the last line of standard output, or what the hook complained of, is not kept.
  @Test func theEndOfItsOutputIsKept() throws {
    let run = try #require(try run("echo hello; echo 'retry-after: 12'; echo one >&2; echo two >&2; exit 75\n"))
    #expect(run.lastLine == "retry-after: 12")
    #expect(run.complaint == "one; two")
  }

  /// Breaks when a hook that prints a lot, or does not read its input, hangs or fails.
  @Test func muchOutputAndClosedInputDoNotBlock() throws {
    let text = String(repeating: "x", count: 1 << 20)
    let talkative = try #require(try run("exec 0<&-; head -c 1048576 /dev/zero | tr '\\0' x; echo; echo last; echo oops >&2\n", text: text))
    #expect(talkative.end == .exited(0))
    #expect(talkative.lastLine == "last")
    #expect(try run("exit 0\n", text: text)?.end == .exited(0))
    #expect(try run("test $(wc -c) -gt 1048576\n", text: text)?.end == .exited(0))
  }

  /// Breaks when a hook can change what it is told, or finds only a part of it where it looks twice.
  @Test func theInputStaysWhatItIs() throws {
    let script = "(echo x >> /dev/stdin) 2> /dev/null && exit 1; cat /dev/stdin > \"$HOME/twice\"; cat >> \"$HOME/twice\"\n"
    #expect(try run(script)?.end == .exited(0))
    let lines = try folder.read("twice").split(separator: "\n")
    #expect(lines.count == 2 && lines[0] == lines[1] && lines[0].hasSuffix("}"))
  }

  /// Breaks when a child that a hook leaves behind holds the hook up.
  @Test func childrenLeftBehindAreNotWaitedFor() throws {
    let run = try #require(try run("sleep 1000 & echo $! > \"$HOME/pid\"; echo done\n"))
    #expect(run.end == .exited(0))
    #expect(run.lastLine == "done")
    let child = try #require(Int32(try folder.read("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(kill(child, 0) == 0)
    kill(child, SIGKILL)
  }

  /// Breaks when a hook that hangs is not ended with its whole group.
  @Test func aHookThatHangsIsEndedWithItsGroup() throws {
    let run = try #require(try run("sleep 1000 & echo $! > \"$HOME/pid\"; wait\n", timeout: .seconds(1)))
    #expect(run.end == .timedOut)
    let child = try #require(Int32(try folder.read("pid").trimmingCharacters(in: .whitespacesAndNewlines)))
    let deadline = Deadline.after(.seconds(10))
    // Init may take a moment to bury it; a zombie is as dead.
    func isGone() -> Bool {
      guard let stat = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8) else { return true }
      return stat.contains(") Z ")
    }
    while !isGone(), !deadline.hasPassed { sleep(for: .milliseconds(10)) }
    #expect(isGone())
  }

  /// Breaks when a hook that ignores SIGTERM runs on for ever.
  @Test func aHookThatIgnoresTheAskingIsKilled() throws {
    #expect(try run("trap '' TERM; while :; do sleep 1; done\n", timeout: .seconds(1))?.end == .timedOut)
  }

  /// Breaks when a hook that cannot be started stops the daemon.
  @Test func aHookThatCannotBeStartedIsARunThatEnded() throws {
    try folder.write("hook", "#!/nonexistent/interpreter\n")
    try command("chmod", [String(0o755, radix: 8), folder.file("hook")])
    guard case .notStarted = try #require(try runHook()).end else { return #expect(Bool(false)) }
    try folder.write("hook", "no program at all")
    guard case .notStarted = try #require(try runHook()).end else { return #expect(Bool(false)) }
  }

  /// Breaks when a file that must not be run is run, or is passed over in silence.
  @Test func theFolderOfHooks() throws {
    for name in ["good", "not-executable", "writable", "good.conf", "good~", "old.bak", "bad name", "linked.target"] {
      try folder.write("hooks/\(name)", "#!/bin/sh\n")
      try command(
        "chmod", [String(name == "writable" ? 0o777 : name == "not-executable" ? 0o644 : 0o755, radix: 8), folder.file("hooks/\(name)")])
    }
    try command("mkdir", [folder.file("hooks/folder")])
    try FileManager.default.moveItem(atPath: folder.file("hooks/linked.target"), toPath: folder.file("target"))
    try command("ln", ["-s", folder.file("target"), folder.file("hooks/linked")])
    try command("ln", ["-s", "/nowhere/at/all", folder.file("hooks/dangling")])
    try command("chmod", [String(0o755, radix: 8), folder.file("hooks")])
    let catalogue = try HookFolder(path: folder.file("hooks")).scan()
    #expect(catalogue.runnable.map(\.text) == ["good", "linked"])
    #expect(catalogue.passedOver == ["good.conf", "good~", "old.bak"])
    #expect(catalogue.refused.map(\.name) == ["bad name", "dangling", "folder", "not-executable", "writable"])
    #expect(catalogue.refused.allSatisfy { $0.reason.contains(":") })
    try command("chmod", [String(0o777, radix: 8), folder.file("hooks")])
    #expect(try HookFolder(path: folder.file("hooks")).scan().runnable.isEmpty)
    #expect(try HookFolder(path: folder.file("none")).scan().isEmpty)
  }
}
