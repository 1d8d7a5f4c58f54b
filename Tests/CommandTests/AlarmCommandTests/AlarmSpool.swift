import SpoolLayout
import FeedStore
import Foundation
import MessageFormat
import SharedKernel
import SystemCalls
import TestSupport
import Testing

/// A spool whose messages are delivered by hand, through the publisher, and `msg-alarmd` on it.
struct AlarmSpool {
  let spool = TestSpool()
  let root: SpoolRoot

  init(config: String = "") throws {
    try FileManager.default.createDirectory(atPath: spool.path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    root = try SpoolRoot(opening: spool.path)
    try write("format", "msgspool 1\n")
    try write("config", config)
    for name in ["outbox", "tmp", "mailboxes", "alarms"] { _ = try root.directory.makeDirectory(name) }
    _ = try root.directory.makeDirectory("alarms/hooks")
  }

  func path(_ name: String) -> String { "\(spool.path)/\(name)" }
  func write(_ name: String, _ content: String) throws { try spool.folder.write("spool/\(name)", content) }
  func read(_ name: String) throws -> String { try spool.folder.read("spool/\(name)") }
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
  func lines(_ name: String) throws -> [String] { try exists(name) ? read(name).split(separator: "\n").map(String.init) : [] }

  /// Makes a hook of a shell script. `$OUT` is the spool's own folder, where the hook may leave what the test looks at.
  func hook(_ name: String, _ script: String, mode: String = "755") throws {
    // By another process, as `writeProgram` tells.
    let place = "mkdir -p \"${0%/*}\" \"${1%/*}\" && cat > \"$0\" && chmod \(mode) \"$0\" && mv \"$0\" \"$1\""
    let made = try TestSupport.run(
      "sh", ["-c", place, path("tmp/hook"), path("alarms/hooks/\(name)")], input: "#!/bin/sh\nOUT=\(spool.path)\n\(script)\n")
    guard made.status == 0 else { throw HarnessFailure("\(made)") }
  }

  /// Puts a message into the outbox, announces it and delivers it.
  @discardableResult
  func deliver(
    _ number: Int, to recipients: [String] = ["bob"], copy: Int = 1, subject: String = "제목", text: String = "안녕\n",
    priority: Priority = .normal, date: Timestamp = SystemNow.timestamp, isAnnounced: Bool = true
  ) throws -> MessageID {
    let sender = try #require(Name("alice"))
    let envelope = Envelope(
      id: MessageID(hashing: "message \(number)"), sender: sender, recipients: try recipients.map { try #require(Name($0)) }, copy: copy,
      subject: subject, priority: priority, date: date, dateOffset: .utc, price: Amount(clamping: 1), fingerprint: Fingerprint(of: []),
      isQueued: false, notBefore: nil, host: "here")
    var leader = envelope
    leader.copy = 1
    // Copy 1 is there and locked all the while, as a sender has it: a daemon that comes by does not take it for a leftover.
    let lock = try place("\(envelope.id)", leader.message(text: Array(text.utf8)))
    let name = copy == 1 ? "\(envelope.id)" : "\(envelope.id).\(copy)"
    if copy > 1 { try write("outbox/\(name)", String(decoding: envelope.message(text: Array(text.utf8)), as: UTF8.self)) }
    if isAnnounced { #expect(FeedPublisher(root: root, limit: 100_000).publish([name]).isEmpty) }
    let mailbox = try mailbox(of: envelope.recipient)
    try root.directory.rename("outbox/\(name)", to: mailbox, replacing: "\(date.seconds).\(envelope.id).here")
    if copy > 1 { try root.directory.remove("outbox/\(envelope.id)") }
    try lock.close()
    return envelope.id
  }

  /// A message that was accepted, announced, and then given up.
  func giveUp(_ number: Int, because reason: String) throws {
    let envelope = Envelope(
      id: MessageID(hashing: "message \(number)"), sender: try #require(Name("alice")), recipients: [try #require(Name("bob"))],
      subject: "제목", priority: .normal, date: SystemNow.timestamp, dateOffset: .utc, price: Amount(clamping: 1),
      fingerprint: Fingerprint(of: []),
      isQueued: true, notBefore: nil, host: "here")
    let lock = try place("\(envelope.id)", envelope.message(text: Array("안녕\n".utf8)))
    #expect(FeedPublisher(root: root, limit: 100_000).publish(["\(envelope.id)"]).isEmpty)
    _ = try root.directory.makeDirectory("failed")
    try root.directory.rename("outbox/\(envelope.id)", to: root.directory, replacing: "failed/\(envelope.id)")
    try write("failed/\(envelope.id).reason", "\(reason)\n")
    try lock.close()
  }

  /// The folder of new messages, made where it is missing.
  private func mailbox(of name: Name) throws -> Directory {
    for folder in ["mailboxes/\(name)", "mailboxes/\(name)/new", "mailboxes/\(name)/cur"] { _ = try root.directory.makeDirectory(folder) }
    return try root.directory.directory("mailboxes/\(name)/new")
  }

  /// The receiver reads a message that was delivered: its file moves, and is marked.
  func markRead(_ id: MessageID, of name: String) throws {
    let file = try #require(spool.folder.names(in: "spool/mailboxes/\(name)/new").first { $0.contains(id.description) })
    try root.directory.rename("mailboxes/\(name)/new/\(file)", to: root.directory, replacing: "mailboxes/\(name)/cur/\(file):2,S")
  }

  /// A file in the outbox, locked from before it has its name.
  private func place(_ name: String, _ content: [UInt8]) throws -> FileDescriptor {
    let file = try root.directory.open("tmp/\(name)", .createExclusively)
    #expect(try file.lock(.exclusive, wait: .never))
    try file.write(all: content)
    try root.directory.rename("tmp/\(name)", to: root.directory, exclusively: "outbox/\(name)")
    return file
  }

  func alarmd(_ arguments: String..., environment: [String: String] = [:]) throws -> ToolRun {
    try spool.run("msg-alarmd", arguments, environment: environment)
  }

  /// The history, with only these keys of each line.
  func history(_ keys: String, _ arguments: [String] = []) throws -> [String] {
    let lines = try spool.run("msg-alarmd", ["history", "--json"] + arguments)
    return try TestSupport.run("jq", ["-r", "[\(keys)]|map(tostring)|join(\" \")"], input: lines.output).lines
  }
}

enum SystemNow {
  static var timestamp: Timestamp { Timestamp(sinceEpoch: wallClock()) }
}

/// `msg-alarmd` in the foreground, in the background of a test.
final class RunningDaemon {
  private let process: BackgroundProcess

  /// Returns when it has looked at everything once and waits: what comes then is no backlog to it. What it says goes to
  /// `tmp/daemon-errors` of its spool. `command` is put before its own.
  init(_ spool: AlarmSpool, environment: [String: String] = [:], command: [String] = []) throws {
    try spool.write("tmp/daemon-errors", "")
    if spool.exists("alarms/status") { try spool.root.directory.remove("alarms/status") }
    process = try BackgroundProcess(
      command + ["\(toolFolder)/msg-alarmd"],
      environment: ["MSG_SPOOL": spool.spool.path, "PATH": "/usr/bin:/bin", "HOME": "/", "TZ": "UTC"].merging(environment) { $1 },
      errors: spool.path("tmp/daemon-errors"))
    let place = environment.filter { $0.key == "MSG_SPOOL" }
    try eventually("the daemon holds its lock") { try spool.alarmd("status", environment: place).status != 3 }
    try eventually("the daemon has looked at everything") { spool.exists("alarms/status") }
  }

  deinit { if process.status == nil { kill(process.id, SIGTERM) } }

  var id: Int32 { process.id }
  var hasEnded: Bool { process.status != nil }

  /// Sends a signal and waits for the end: the status, or 128 and the signal.
  func end(_ signal: Int32) throws -> Int32 {
    kill(process.id, signal)
    try eventually("the daemon ends") { process.status != nil }
    return process.status ?? -1
  }
}

/// Waits for a condition, up to three minutes: a busy machine is slow, and only what has failed waits so long.
func eventually(_ what: String, _ condition: () throws -> Bool) throws {
  let deadline = Deadline.after(.seconds(180))
  while try !condition() {
    guard !deadline.hasPassed else {
      Issue.record("waited in vain: \(what)")
      return
    }
    sleep(for: .milliseconds(20))
  }
}
