internal import Foundation
import TestSupport
import Testing

/// `msg-alarmd --once` killed, or met by an error, at every state-changing call it makes itself. Ordinary runs follow until one
/// says that nothing is left, and invariants 5 and 6 hold: each hook has got each alarm whole, more than once only where the repeat is
/// marked, in the order of the feed; the history says once how it ended; what the spool holds was not touched.
///
/// Deliberate faults that it was seen to find: the cursor moved before the history is written, a hook started without its mark, a
/// repeat that is not marked, an outcome in the history that is not taken for final, a hook that is started before its input is complete.
@Suite struct AlarmCrashTests {
  private static let once = FaultyCommand("msg-alarmd", ["--once"], scope: .theToolAlone)

  @Test func killedAtEveryCall() throws { try disturbEverywhere(.kill, .withAlarms(["bob", "bob,carol"])) }

  @Test(arguments: ["EIO", "ENOSPC", "EINTR"])
  func everyCallFails(error: String) throws { try disturbEverywhere(.error(error), .withAlarms(["bob,carol"])) }

  private func disturbEverywhere(_ fault: Fault, _ template: TestSpool) throws {
    let reference = try template.copy()
    #expect(try reference.run("msg-alarmd", ["--once"]).status == 0)
    let expected = try HookRuns(reference)
    #expect(expected.perHook.count == 2 && expected.perHook.allSatisfy { $0.value.count > 2 })
    let all = try Self.once.calls(on: template.copy())
    // A hook whose input cannot be made is not started, and tried again some seconds later.
    let calls = fault == .kill ? all : all.filter { !$0.description.contains("/memfd:") }
    #expect(all.contains { $0.description.contains("/memfd:") }, "no hook has an input")
    #expect(calls.count > 20, "too few calls were seen: \(calls)")
    for call in calls {
      let spool = try template.copy()
      let before = try spool.holdings()
      let outcome = try Self.once.run(on: spool, fault, at: call)
      #expect(try FaultyCommand.struck(spool), "nothing was injected at \(call)")
      if fault == .kill { #expect(outcome.status == 137, "not killed at \(call): \(outcome)") }
      if fault == .error("EINTR") { #expect(outcome.status == 0, "interrupted at \(call): \(outcome)") }
      #expect(outcome.status < 128 || fault == .kill, "\(fault) at \(call): \(outcome)")
      try spool.waitForOrphans()
      try spool.finishAlarms("\(fault) at \(call)")
      #expect(try spool.holdings() == before, "\(fault) at \(call): the spool was touched")
      let runs = try HookRuns(spool)
      runs.expectEverything(of: expected, "\(fault) at \(call)")
      #expect(try spool.finalLines() == expected.outcomes, "\(fault) at \(call)")
      try laterSend(on: spool, expected, "\(fault) at \(call)")
    }
  }

  /// Whatever was, the next message is sent, paid and alarmed once, and the book balances.
  private func laterSend(on spool: TestSpool, _ earlier: HookRuns, _ what: String) throws {
    let verified = try spool.run("msg-pay", ["verify"])
    #expect(verified.status == 0 && verified.output.isEmpty && verified.errors.isEmpty, "\(what): \(verified)")
    #expect(try spool.run("msg-send", ["dave", "later"]).status == 0)
    try spool.finishAlarms("\(what), later")
    let runs = try HookRuns(spool)
    for (hook, all) in runs.perHook {
      let news = all.filter { run in !(earlier.perHook[hook] ?? []).contains { $0.alarm == run.alarm } }
      #expect(news.map(\.receiver) == ["alice", "dave"] && news.allSatisfy { !$0.isRedelivered }, "\(what): \(hook) got \(news)")
    }
  }
}

/// What the hooks wrote down, in the order in which they ran.
struct HookRuns {
  struct Run: Hashable {
    let kind: String
    let receiver: String
    let alarm: String
    let isRedelivered: Bool
  }

  let perHook: [String: [Run]]

  init(_ spool: TestSpool) throws {
    var runs: [String: [Run]] = [:]
    for hook in ["mail", "tone"] {
      let text = (try? spool.folder.read(hook)) ?? ""
      runs[hook] = try text.split(separator: "\n").map { line in
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 4 else { throw HarnessFailure("\(hook) wrote '\(line)'") }
        return Run(kind: words[0], receiver: words[1], alarm: words[2], isRedelivered: words[3] == "true")
      }
    }
    perHook = runs
  }

  /// The final lines that the history has to have, one for each alarm and hook.
  var outcomes: [String] { perHook.flatMap { hook, runs in runs.map { "\($0.alarm) \(hook) delivered" } }.sorted() }

  /// Every run of an undisturbed daemon is there, in the same order within each lane, and repeats are marked.
  func expectEverything(of expected: HookRuns, _ what: String) {
    for (hook, wanted) in expected.perHook {
      let runs = perHook[hook] ?? []
      for receiver in Set(wanted.map(\.receiver)) {
        var order: [String] = []
        for run in runs where run.receiver == receiver {
          #expect(run.isRedelivered || !order.contains(run.alarm), "\(what): \(hook) was not told of a repeat: \(runs)")
          // A repeat comes before anything later: its lane has waited for it.
          if order.last != run.alarm { order.append(run.alarm) }
        }
        #expect(order == wanted.filter { $0.receiver == receiver }.map(\.alarm), "\(what): \(hook) for \(receiver): \(runs)")
      }
      #expect(Set(runs.map(\.alarm)) == Set(wanted.map(\.alarm)), "\(what): \(hook): \(runs)")
    }
  }
}

extension TestSpool {
  /// Messages to one and to several, and two hooks; one hook at a time, so that every run makes the same calls.
  static func withAlarms(_ sends: [String]) throws -> TestSpool {
    let spool = TestSpool()
    try spool.folder.write("spool/config", "hook-slots = 1\nhook-rate = 10000\n")
    #expect(try TestSupport.run("chmod", ["700", spool.path]).status == 0)
    for recipients in sends { #expect(try spool.run("msg-send", [recipients, "hi"]).status == 0) }
    for hook in ["mail", "tone"] {
      // The spool is copied, so the hook asks where it is.
      let script = """
        #!/bin/sh
        told=$(cat)
        case $told in "{"*'"id":"'$3'"'*"}") ;; *) echo "read no alarm $3: $told" >>"$MSG_ALARM_SPOOL/../\(hook)" ;; esac
        echo "$1 $2 $3 $MSG_ALARM_REDELIVERED" >>"$MSG_ALARM_SPOOL/../\(hook)"

        """
      try spool.folder.writeProgram("spool/alarms/hooks/\(hook)", script)
      #expect(try TestSupport.run("chmod", ["755", "\(spool.path)/alarms/hooks/\(hook)"]).status == 0)
    }
    return spool
  }

  /// Ordinary runs until nothing is left.
  func finishAlarms(_ what: String) throws {
    for _ in 0..<3 where try run("msg-alarmd", ["--once"]).status == 0 { return }
    Issue.record("\(what): something is always left")
  }

  /// The state of each alarm and hook as the history tells it, final ones alone.
  func finalLines() throws -> [String] {
    try run("msg-alarmd", ["history", "--json"]).lines.compactMap { line in
      guard let members = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        let state = members["state"] as? String, state != "retrying"
      else { return nil }
      return "\(members["id"] as? String ?? "-") \(members["hook"] as? String ?? "-") \(state)"
    }.sorted()
  }

  /// What alarms must never change: messages, money, the outbox and the feed.
  func holdings() throws -> [String] {
    let list = "find mailboxes outbox voiding failed feed/0* pay/ledger bad -type f -exec md5sum {} + 2>/dev/null | sort -k2"
    return try TestSupport.run("sh", ["-c", "cd '\(path)' && \(list)"]).lines
  }

  /// Hooks of a killed daemon go on by themselves; what they write comes before the next run.
  func waitForOrphans() throws {
    let deadline = Date(timeIntervalSinceNow: 60)
    while hookIsRunning() {
      guard Date.now < deadline else { throw HarnessFailure("a hook does not end") }
      usleep(1000)
    }
  }

  private func hookIsRunning() -> Bool {
    let processes = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter { Int($0) != nil }
    return processes.contains { process in
      guard let line = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline")) else { return false }
      return String(decoding: line, as: UTF8.self).contains("\(path)/alarms/hooks/")
    }
  }
}
