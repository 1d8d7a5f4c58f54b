internal import Foundation
import TestSupport
import Testing

/// The daemon in the foreground, killed at every state-changing call it makes from its start over a backlog, a message that comes
/// meanwhile and SIGTERM to its end, or met there by an error. Whatever becomes of it, the message is sent, and ordinary runs bring
/// about what `AlarmCrashTests` asks for.
///
/// The how many-th call of a name is not the same call in each run, since time passes in the daemon; but each is a place to die, and
/// together they are all of them. Errors strike at every third call, beginning elsewhere for each error, and at each that has to do
/// with the history.
@Suite struct DaemonCrashTests {
  private static let later = ["--id", "later", "bob,carol", "later"]

  @Test(arguments: 0..<3)
  func killedAtEveryCall(part: Int) throws {
    let experiment = try DaemonExperiment(Self.later)
    let calls = experiment.calls.enumerated().filter { $0.offset % 3 == part }.map(\.element)
    try experiment.disturb(.kill, at: calls)
  }

  @Test(arguments: [("EIO", 0), ("ENOSPC", 1)])
  func everyThirdCallFails(error: String, part: Int) throws {
    let experiment = try DaemonExperiment(Self.later)
    let calls = experiment.calls.enumerated().filter { $0.offset % 3 == part || $0.element.line.contains("/alarms/history") }
    try experiment.disturb(.error(error), at: calls.map(\.element))
  }
}

/// One daemon on a copy of the same spool each time, and the same message sent to it.
private struct DaemonExperiment {
  /// The calls of an undisturbed run.
  let calls: [ObservedCall]
  private let template: TestSpool
  private let message: [String]
  private let expected: HookRuns
  private let holdings: [String]
  /// Lines that the history has after the backlog, and at the end.
  private let backlogCount: Int
  private let count: Int

  init(_ message: [String]) throws {
    self.message = message
    template = try TestSpool.withAlarms(["bob,carol"])
    let reference = try template.copy()
    try reference.finishAlarms("the backlog")
    let backlog = try reference.finalLines().count
    #expect(try reference.run("msg-send", message).status == 0)
    try reference.finishAlarms("the later message")
    let all = try reference.finalLines().count
    (expected, holdings, backlogCount, count) = (try HookRuns(reference), try Self.names(reference), backlog, all)
    let observed = try template.copy()
    calls = try FaultyDaemon.calls(on: observed) { daemon throws in
      try Self.serve(observed, daemon, message, backlog, all)
    }
    guard calls.count > 40, backlog > 4, all > backlog else { throw HarnessFailure("too few calls were seen: \(calls)") }
  }

  func disturb(_ fault: Fault, at calls: [ObservedCall]) throws {
    var struck = 0
    for call in calls {
      let what = "\(fault) at \(call)"
      let spool = try template.copy()
      let daemon = try FaultyDaemon(on: spool, fault, at: call)
      try Self.serve(spool, daemon, message, backlogCount, count)
      let status = try daemon.end()
      if try FaultyCommand.struck(spool) { struck += 1 }
      #expect(status < 128 || fault == .kill && status == 137, "\(what): ended with \(status)")
      try spool.waitForOrphans()
      try spool.finishAlarms(what)
      try HookRuns(spool).expectEverything(of: expected, what)
      #expect(try spool.finalLines() == expected.outcomes, "\(what)")
      #expect(try Self.names(spool) == holdings, "\(what): the spool was touched")
    }
    // Fewer calls were made here and there than in the run that was watched.
    #expect(struck * 10 >= calls.count * 9, "\(struck) of \(calls.count) struck")
  }

  /// Waits for the backlog, sends, waits for that, asks the daemon to end: as far as it lives.
  private static func serve(_ spool: TestSpool, _ daemon: FaultyDaemon, _ message: [String], _ backlog: Int, _ all: Int) throws {
    try daemon.wait { try spool.writtenOutcomes() >= backlog }
    let sent = try spool.run("msg-send", message)
    #expect(sent.status == 0, "the daemon has disturbed a send: \(sent)")
    try daemon.wait { try spool.writtenOutcomes() >= all }
    try daemon.askToEnd()
  }

  /// The names of what alarms must never touch; a message that was sent meanwhile has its own time in some of them.
  private static func names(_ spool: TestSpool) throws -> [String] {
    let list = "find mailboxes outbox feed/0* bad -type f 2>/dev/null | sed 's#/new/.*##' | sort"
    return try TestSupport.run("sh", ["-c", "cd '\(spool.path)' && \(list)"]).lines
  }
}

/// `msg-alarmd` in the foreground under strace.
private final class FaultyDaemon {
  private let spool: TestSpool
  private let process: BackgroundProcess

  private init(on spool: TestSpool, options: [String]) throws {
    self.spool = spool
    process = try BackgroundProcess(
      ["/usr/bin/strace", "-qq"] + options + ["\(toolFolder)/msg-alarmd"],
      environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice", "PATH": "/usr/bin:/bin", "HOME": "/", "TZ": "UTC"],
      errors: spool.folder.file("daemon-errors"))
  }

  convenience init(on spool: TestSpool, _ fault: Fault, at call: ObservedCall) throws {
    try self.init(on: spool, options: FaultyCommand.injection(fault, at: call, log: spool.folder.file("injected")))
  }

  /// The calls that a daemon makes which nothing happens to but `body`.
  static func calls(on spool: TestSpool, _ body: (FaultyDaemon) throws -> Void) throws -> [ObservedCall] {
    let daemon = try FaultyDaemon(on: spool, options: FaultyCommand.observation(log: spool.folder.file("trace")))
    try body(daemon)
    guard try daemon.end() == 0 else { throw HarnessFailure("the undisturbed daemon failed") }
    return FaultyCommand.calls(in: try spool.folder.read("trace"))
  }

  /// Until that is so, or the daemon has ended.
  func wait(until condition: () throws -> Bool) throws {
    try waitUntil("the daemon gets on") { try process.status != nil || condition() }
  }

  /// strace does not hand a signal on.
  func askToEnd() throws {
    guard process.status == nil, let id = Int32(try spool.folder.read("spool/alarms/pid").filter(\.isNumber)) else { return }
    kill(id, SIGTERM)
  }

  /// Its exit status, or 128 and the signal.
  func end() throws -> Int32 {
    try waitUntil("the daemon ends") { process.status != nil }
    return process.status ?? -1
  }
}

extension TestSpool {
  /// Final lines in the history as it is written, of any day.
  fileprivate func writtenOutcomes() throws -> Int {
    try folder.names(in: "spool/alarms/history").reduce(0) { count, name in
      count + (try folder.read("spool/alarms/history/\(name)").split(separator: "\n").count { $0.contains("\"state\":\"delivered\"") })
    }
  }
}
