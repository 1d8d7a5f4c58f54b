import Glibc
import SystemCalls

/// How long a flush takes for messages that wait for their payment, at a provider that takes 400 ± 220 ms for each, beside what the slots
/// carry at best.
func benchmarkBacklog(count: Int, slots: Int) throws -> String {
  let spool = try ThrowAwaySpool(tools: Program.ownFolder())
  _ = try spool.command("msg-send", ["--flush"], user: "clock").run()
  let folder = try Directory(opening: spool.folder)
  guard unsafe mkdir("\(spool.folder)/keys", 0o700) == 0 else { throw BenchmarkFailure(description: "no folder for the provider's book") }
  func write(_ path: String, _ text: String) throws { try folder.open(path, .create, mode: 0o600).write(all: Array(text.utf8)) }
  try write(
    "spool/config",
    "gateway = exec \(spool.folder)/msg-bench-bank \(spool.folder)\ngateway.default.timeout = 610\ngateway-slots = \(slots)\n")
  try write("behaviour", SiegeProvider.slow.behaviour(second: 0))
  _ = try spool.command("msg-pay", ["breaker", "--isolate"], user: "clock").run()
  for number in 1...count { _ = try spool.command("msg-send", ["--queue", "bob", "text \(number)"], user: "alice").run() }
  _ = try spool.command("msg-pay", ["breaker", "--reset"], user: "clock").run()

  let start = Deadline.now.nanoseconds
  var flushes = 0
  while try folder.directoryIfPresent("spool/deferred/messages")?.list().entries.contains(where: { !$0.name.hasPrefix(".") }) ?? false {
    flushes += 1
    guard flushes < 20 else { throw BenchmarkFailure(description: "some wait for ever") }
    // A payment whose call was late is asked about again by the next one.
    do { _ = try spool.command("msg-send", ["--quiet", "--flush", "--all"], user: "clock").run() } catch is BenchmarkFailure {}
  }
  let seconds = Double(Deadline.now.nanoseconds - start) / 1e9
  let floor = Double(count) * 0.4 / Double(slots)
  return """
    \(count) waiting messages, slots: \(slots), a provider that takes 400 ± 220 ms
    \(row("Flushed", "in \(decimal(seconds)) s, by \(flushes) flushes"))
    \(row("Possible", "\(decimal(floor)) s (\(count) x 0.40 s / \(slots) slots), so \(decimal(100 * floor / seconds)) % of it was reached"))

    """
}
