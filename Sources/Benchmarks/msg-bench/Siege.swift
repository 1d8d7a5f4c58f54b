import Glibc
import SystemCalls

/// Many clients at once at a payment provider that fails or slows down for a while. Reports which answers they get, how soon, and whether
/// the mailbox and the provider's book agree with these answers in the end.
struct Siege {
  var provider = SiegeProvider.slow
  /// How long the provider is in trouble.
  var seconds = 60
  var clients = 100
  var slots = 10
  /// Milliseconds that a client waits at most before it sends again; siege(1) waits for up to a second.
  var pause = 1000
  var isQueued = false
  var replaces = false

  /// Seconds of good service before the trouble, and at most after it.
  private static let before = 3
  private static let after = 15

  /// The report, and whether the books agree.
  func run() throws -> (report: String, isRight: Bool) {
    let spool = try ThrowAwaySpool(tools: Program.ownFolder())
    _ = try spool.command("msg-send", ["--flush"], user: "clock").run()
    let folder = try Directory(opening: spool.folder)
    guard unsafe mkdir("\(spool.folder)/keys", 0o700) == 0 else { throw BenchmarkFailure(description: "no folder for the provider's book") }
    try write(
      "config",
      "gateway = exec \(spool.folder)/msg-bench-bank \(spool.folder)\ngateway.default.timeout = 610\ngateway-slots = \(slots)\n", folder)
    try folder.rename("config", to: try folder.directoryIfPresent("spool") ?? folder, replacing: "config")

    let crowd = SiegeCrowd(spool: spool, clients: clients, pause: pause, words: [isQueued ? "--queue" : "--no-queue"])
    try write("behaviour", SiegeProvider.quick, folder)
    try crowd.send(seconds: Siege.before) { true }
    let quickRate = SiegeTable(crowd.calls, nanoseconds: Int64(Siege.before) * 1_000_000_000).rate
    crowd.forgetCalls()

    let trouble = Deadline.now.nanoseconds
    var isReplaced = !replaces
    var behaviour = ""
    try crowd.send(seconds: seconds) {
      let passed = Deadline.now.nanoseconds - trouble
      let next = provider.behaviour(second: Int(passed / 1_000_000_000))
      if next != behaviour { try write("behaviour", next, folder) }
      behaviour = next
      if !isReplaced, passed > Int64(seconds) * 500_000_000 {
        isReplaced = true
        try replacePrograms(folder)
      }
      return true
    }
    let table = SiegeTable(crowd.calls, nanoseconds: Deadline.now.nanoseconds - trouble)
    let opened = crowd.transitions.first { $0.line.contains(" closed open ") && $0.time >= trouble }?.time

    try write("behaviour", SiegeProvider.quick, folder)
    let recovery = Deadline.now.nanoseconds
    var closed: Int64?
    try crowd.send(seconds: Siege.after) {
      closed = crowd.transitions.first { $0.line.contains(" half-open closed ") && $0.time >= recovery }?.time
      return closed == nil && opened != nil
    }
    try crowd.finish()
    let audit = try SiegeAudit(spool: spool, folder: folder, crowd: crowd)
    let settings =
      "\(provider.rawValue) provider, \(clients) clients, slots: \(slots), pause: up to \(pause) ms\(isQueued ? ", --queue" : "")"
    let breaker =
      "opened \(opened.map { "\(decimal(Double($0 - trouble) / 1e9)) s after the trouble began" } ?? "never"), "
      + "closed \(closed.map { "\(decimal(Double($0 - recovery) / 1e9)) s after it ended" } ?? "never")"
    let report = [
      settings + (replaces ? ", all four programs replaced in the middle" : ""), table.description, possible(table, quickRate),
      row("Breaker", breaker), row("Breaker transitions", "\(crowd.transitions.count)"), audit.description, "",
    ]
    return (report.joined(separator: "\n"), audit.isRight)
  }

  /// What was reached beside what is possible.
  private func possible(_ table: SiegeTable, _ quickRate: Double) -> String {
    let (rate, reckoning) = provider.possible(slots: slots, clients: clients, pause: pause, quickRate: quickRate)
    if isQueued || rate == 0 { return row("Possible", reckoning) }
    return row("Possible", "\(decimal(rate)) trans/sec (\(reckoning))") + "\n"
      + row("Reached", "\(decimal(100 * table.rate / rate)) % of it")
  }

  private func write(_ name: String, _ text: String, _ folder: Directory) throws {
    try folder.open("\(name).new", .createExclusively, mode: 0o600).write(all: Array(text.utf8))
    try folder.rename("\(name).new", to: folder, replacing: name)
  }

  /// Puts a new file in the place of each program, as an installation does.
  private func replacePrograms(_ folder: Directory) throws {
    for name in ["msg-send", "msg-read", "msg-pay", "msg-alarmd"] {
      guard let program = try folder.contents(of: name) else { throw BenchmarkFailure(description: "\(name) is missing") }
      try folder.open("\(name).new", .createExclusively, mode: 0o755).write(all: program)
      try folder.rename("\(name).new", to: folder, replacing: name)
    }
  }
}
