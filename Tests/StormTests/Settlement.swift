internal import Foundation
import TestSupport

/// Lets ordinary commands finish what the storm left: the bank answers well, every account has credit, scheduled messages come due.
struct Settlement {
  let ground: StormGround
  private var spool: TestSpool { ground.spool }
  private var folder: TemporaryFolder { ground.folder }

  /// What is still there that should have gone.
  func settle() throws -> [String] {
    try ground.behave("delay 0 2\n")
    try folder.write("hook-heals", "")
    var failures: [String] = []
    for user in StepPlan.users {
      let added = try spool.run("msg-pay", ["topup", user, "\(Settlement.credit)", "--open", "--id", Settlement.key(user)])
      if added.status != 0 { failures.append("the top-up of \(user) failed: \(added)") }
    }
    var flushed: ToolRun?
    let waits = try repeatUntil(seconds: 60) {
      flushed = try spool.run("msg-send", ["--flush", "--all", "--timeout", "10"])
      return ["outbox", "voiding", "deferred/messages"].allSatisfy { folder.names(in: "spool/\($0)").isEmpty }
    }
    if !waits { failures.append("messages still wait: the last flush: \(flushed.map(String.init(describing:)) ?? "none")") }
    var alarmed: ToolRun?
    let isQuiet = try repeatUntil(seconds: 150) {
      alarmed = try spool.run("\(ground.tools)/msg-alarmd", ["--once"])
      return alarmed?.status == 0
    }
    if !isQuiet { failures.append("msg-alarmd --once: \(alarmed.map(String.init(describing:)) ?? "none")") }
    try ageTemporaryFiles()
    // The one looks at every message, the other at every mark.
    for options in [["--flush", "--all"], ["--flush"]] {
      let last = try spool.run("msg-send", options)
      if last.status != 0 { failures.append("the last flush: \(last)") }
    }
    let verified = try spool.run("msg-pay", ["verify"])
    if verified.status != 0 || !verified.output.isEmpty { failures.append("msg-pay verify: \(verified)") }
    return failures + leftovers()
  }

  static let credit = 1_000_000
  static func key(_ user: String) -> String { "settle-\(user)" }

  private func repeatUntil(seconds: Double, _ condition: () throws -> Bool) throws -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline {
      if try condition() { return true }
      usleep(200_000)
    }
    return false
  }

  /// What killed commands left in `tmp/`, and answers of gateways that are no longer needed, go after a day and a half; here they become
  /// three days old.
  private func ageTemporaryFiles() throws {
    for name in files(below: "tmp") + files(below: "pay/attempt") {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -3 * 86_400)], ofItemAtPath: folder.file("spool/\(name)"))
    }
  }

  /// A line for each folder.
  private func leftovers() -> [String] {
    [
      "tmp", "outbox", "voiding", "deferred/messages", "deferred/at", "deferred/credit", "alarms/started", "pay/attempt", "pay/refunds",
      "bad",
    ]
    .compactMap { folder in
      let found = files(below: folder)
      return found.isEmpty ? nil : "\(found.count) files in \(folder): \(found.prefix(5).joined(separator: ", "))"
    }
  }

  private func files(below name: String) -> [String] {
    var found: [String] = []
    for case let path as String in FileManager.default.enumerator(atPath: folder.file("spool/\(name)")) ?? FileManager.DirectoryEnumerator()
    {
      var isFolder: ObjCBool = false
      let isThere = unsafe FileManager.default.fileExists(atPath: folder.file("spool/\(name)/\(path)"), isDirectory: &isFolder)
      if isThere, !isFolder.boolValue { found.append("\(name)/\(path)") }
    }
    return found.sorted()
  }
}
