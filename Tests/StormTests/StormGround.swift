internal import Foundation
import TestSupport

/// The scratch spool of a storm, with its hook and its bank.
struct StormGround: Sendable {
  let spool = TestSpool()
  let settings: StormSettings
  let gate = Gate()
  /// The tools that the storm is made of.
  var tools = toolFolder
  var folder: TemporaryFolder { spool.folder }
  var hookLog: String { folder.file("hook.log") }
  /// Until this file is there, the hook fails now and then.
  var hookHeals: String { folder.file("hook-heals") }

  init(_ settings: StormSettings) throws {
    self.settings = settings
    try FileManager.default.createDirectory(atPath: spool.path, withIntermediateDirectories: true)
    try settings.disk.mount(in: folder)
    try settings.hosts.place(spool.path)
    try folder.write("spool/config", config)
    try command("chmod", ["700", spool.path])
    try settings.hosts.prove(spool)
    let made = try spool.run("msg-send", ["--flush"])
    guard made.status == 0 else { throw HarnessFailure("no spool: \(made)") }
    try folder.write("bank/keys/.keep", "")
    // The log says first what the hook will answer. Hooks run at once, and one that has outlived its daemon goes on: a line at a time.
    try folder.writeProgram(
      "spool/alarms/hooks/log",
      """
      #!/bin/sh
      told=$(cat)
      answer=0
      [ -e '\(hookHeals)' ] || [ $(($$ % 9)) -ne 0 ] || answer=75
      (flock 9 && printf '%s %s\\n' "$answer" "$told" >&9) 9>> '\(hookLog)' || exit 75
      [ "$answer" = 0 ] || echo 'retry-after: 1'
      exit "$answer"

      """)
    try settings.disk.begin(in: folder)
    if settings.gateway != .ledger { try behave(settings.gateway == .bank ? "delay 0 5\n" : flaky) }
  }

  /// Moves everything to a place where it stays after the test, and returns it.
  func keep() throws -> String {
    let place = folder.path + "-kept"
    try FileManager.default.moveItem(atPath: folder.path, toPath: place)
    return place
  }

  func behave(_ faults: String) throws { try folder.write("bank/behaviour", faults) }

  private var flaky: String {
    "seed \(settings.seed % 30_000)\ndelay 0 60\ndecline 4\nrefuse 4\nlose 4\ndrop 4\ndie 4\ngarbage 3\npending 4\nlate 3\nrepeat 3\nhang 1\nstall 1\n"
  }

  private var config: String {
    let alarms = "hook-rate = 10000\nreceiver-rate = 100000\n"
    guard settings.gateway != .ledger else { return alarms }
    return alarms + """
      gateway = exec \(toolFolder)/msg-bench-bank \(folder.file("bank"))
      gateway.default.timeout = 400
      gateway.default.lifetime = 2
      gateway.default.breaker-open = 300

      """
  }

  func environment(user: String) -> [String: String] {
    [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "TZ": "Asia/Seoul", "MSG_SPOOL": spool.path, "MSG_USER": user,
    ]
  }
}
