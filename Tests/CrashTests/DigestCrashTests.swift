internal import Foundation
import TestSupport
import Testing

/// `msg-alarmd --once` killed, or met by an error, at every state-changing call while it makes a digest, drops what is silenced and read,
/// and delivers a dead letter again. Ordinary runs follow, and each alarm is told once, by itself or in one digest; a repeat carries the
/// same id and the same parts, and is marked.
@Suite struct DigestCrashTests {
  private static let once = FaultyCommand("msg-alarmd", ["--once"], scope: .theToolAlone)

  /// bob has a backlog of five, of which one is read; in the middle of them one for carol waits for the end of her quiet hours and keeps
  /// the cursor in front of it; dave is silenced; and what was dead at the hook for erin is wanted again.
  private func seeded() throws -> TestSpool {
    let spool = TestSpool()
    try spool.folder.write("spool/config", "hook-slots = 1\nhook-rate = 10000\n")
    #expect(try run("chmod", ["700", spool.path]).status == 0)
    #expect(try spool.run("msg-send", ["erin", "hi"]).status == 0)
    try spool.folder.write("spool/alarms/users/alice.conf", "kinds = failed\n")
    try hook(spool, "exit 1")
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 1)
    #expect(try spool.run("msg-alarmd", ["replay", "--dead", "--yes"]).status == 0)
    try spool.folder.write("spool/alarms/users/carol.conf", "quiet = 00:00-24:00\n")
    for name in ["bob", "bob", "bob", "carol", "bob", "bob"] { #expect(try spool.run("msg-send", [name, "message"]).status == 0) }
    #expect(try spool.run("msg-read", ["2"], user: "bob").status == 0)
    #expect(try spool.run("msg-alarmd", ["silence", "--to", "dave"]).status == 0)
    #expect(try spool.run("msg-send", ["dave", "hi"]).status == 0)
    try hook(spool, "echo \"$1 $2 $3 $MSG_ALARM_REDELIVERED $(jq -c '[.items[]?.seq]')\" >>\"$MSG_ALARM_SPOOL/../mail\"")
    return spool
  }

  private func hook(_ spool: TestSpool, _ script: String) throws {
    try spool.folder.writeProgram("spool/alarms/hooks/mail", "#!/bin/sh\n\(script)\n")
    #expect(try run("chmod", ["755", "\(spool.path)/alarms/hooks/mail"]).status == 0)
  }

  private func runs(_ spool: TestSpool) -> [[String]] {
    ((try? spool.folder.read("mail")) ?? "").split(separator: "\n").map { line in
      let words = line.split(separator: " ").map(String.init)
      // A hook whose daemon was killed before it handed over the input has none.
      return words.count == 4 ? words + ["-"] : words
    }
  }

  @Test func killedAtEveryCall() throws { try disturbEverywhere(.kill) }

  /// Each error at every second call, and at all that have to do with the history.
  @Test(arguments: [("EIO", 0), ("ENOSPC", 1)])
  func everyCallFails(error: String, part: Int) throws {
    try disturbEverywhere(.error(error)) { $0 % 2 == part || $1.line.contains("/alarms/history") }
  }

  private func disturbEverywhere(_ fault: Fault, where isWanted: (Int, ObservedCall) -> Bool = { _, _ in true }) throws {
    let template = try seeded()
    let reference = try template.copy()
    #expect(try reference.run("msg-alarmd", ["--once"]).status == 0)
    let wanted = runs(reference)
    #expect(wanted.map { "\($0[0]) \($0[1]) \($0[3]) \($0[4])" }.sorted() == ["arrived erin true []", "digest bob false [2,4,6,7]"])
    let states = try reference.finalLines()
    #expect(states.filter { $0.hasSuffix("read") }.count == 1 && states.filter { $0.hasSuffix("silenced") }.count == 1, "\(states)")
    let all = try Self.once.calls(on: template.copy())
    // A hook whose input could not be made is tried again after a while, not at once.
    let calls = fault == .kill ? all : all.filter { !$0.description.contains("/memfd:") }
    #expect(calls.count > 20, "too few calls were seen: \(calls)")
    for (index, call) in calls.enumerated() where isWanted(index, call) {
      let what = "\(fault) at \(call)"
      let spool = try template.copy()
      let outcome = try Self.once.run(on: spool, fault, at: call)
      #expect(try FaultyCommand.struck(spool), "nothing was injected at \(call)")
      #expect(fault == .kill ? outcome.status == 137 : outcome.status < 128, "\(what): \(outcome)")
      try spool.waitForOrphans()
      try spool.finishAlarms(what)
      let told = runs(spool)
      for one in wanted {
        let same = told.filter { $0[2] == one[2] }
        #expect(same.contains { $0[4] == one[4] } && same.allSatisfy { $0[4] == one[4] || $0[4] == "-" }, "\(what): \(told)")
        #expect(same.dropFirst().allSatisfy { $0[3] == "true" }, "\(what): a repeat is not marked: \(told)")
        #expect(same.count <= 2, "\(what): \(told)")
      }
      #expect(Set(told.map { $0[2] }) == Set(wanted.map { $0[2] }), "\(what): \(told)")
      #expect(Set(try spool.finalLines()) == Set(states), "\(what)")
      #expect(try spool.run("msg-alarmd", ["replay", "--dead"]).status == 1, "\(what): a letter is left")
    }
  }
}
