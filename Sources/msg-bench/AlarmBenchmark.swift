import Glibc
import SystemCalls

// What a person notices of the alarm daemon: how long after a delivery a hook starts, how long a backlog takes, and how much
// memory that needs. Each beside what anybody would write by hand: `inotifywait -m | while read`, and `xargs`.

/// `alarm`: latency, catch-up of 5,000 events, and memory over `events` events.
func benchmarkAlarm(count: Int, events: Int) throws -> String {
  let tools = Program.ownFolder()
  var report = "From the rename into new/ to the start of a hook, \(count) times, in turn\n"
  report += try AlarmLatency(tools: tools).report(count: count)
  for size in [5000, events] {
    report += "\nCatching up with \(size) waiting events of one receiver\n"
    report += try catchUp(size, tools: tools)
  }
  return report
}

/// Two watchers of two spools: the daemon with a hook, and inotifywait with a loop. Each writes the monotonic time.
private final class AlarmLatency {
  private let spool: ThrowAwaySpool
  private let other: ThrowAwaySpool

  init(tools: String) throws {
    (spool, other) = (try ThrowAwaySpool(tools: tools), try ThrowAwaySpool(tools: tools))
    for spool in [spool, other] { _ = try spool.command("msg-send", ["bob", "first"], user: "alice").run() }
    _ = try other.shell("mkdir -p '\(other.path)/mailboxes/bob/new'").run()
    try spool.hook("cut -d' ' -f1 /proc/uptime > /dev/null; : >> '\(spool.path)/../told'; echo x >> '\(spool.path)/../told'")
    _ = try spool.shell("printf 'hook-rate = 10000\\ndigest = no\\n' > '\(spool.path)/config'").run()
    _ = try spool.command("msg-alarmd", ["--once"], user: "alice").run()
  }

  func report(count: Int) throws -> String {
    let daemon = try spool.command("msg-alarmd", [], user: "alice").start()
    let watcher = try other.shell(
      "inotifywait -q -m -e moved_to --format %f '\(other.path)/mailboxes/bob/new' | while read -r name; do sh -c 'echo x >> \"$1\"' sh '\(other.path)/../told'; done"
    ).start()
    defer {
      kill(daemon, SIGTERM)
      kill(-watcher, SIGTERM)
      kill(watcher, SIGTERM)
    }
    usleep(1_500_000)
    var times: [[Int64]] = [[], []]
    for _ in 0..<count {
      for (index, spool) in [spool, other].enumerated() { times[index].append(try oneLatency(of: spool)) }
    }
    return ["msg-alarmd", "inotifywait | while read"].enumerated().map { index, name in
      "\(name): p50 \(milliseconds(percentile(times[index], 50))), p99 \(milliseconds(percentile(times[index], 99)))\n"
    }.joined()
  }

  /// Nanoseconds from the end of a send, which ends with the rename and its fsync, until a hook has written its line.
  private func oneLatency(of spool: ThrowAwaySpool) throws -> Int64 {
    let told = "\(spool.path)/../told"
    let before = fileSize(told)
    let start = try renameTime(of: spool)
    let deadline = Deadline.after(microseconds: 20_000_000)
    while fileSize(told) <= before {
      if deadline.remainingMicroseconds <= 0 { throw BenchmarkFailure(description: "\(told): no hook came") }
      usleep(50)
    }
    usleep(120_000)
    return modified(told) - start
  }

  /// The wall-clock time at which the newest message got its place, as its file's change time tells, in nanoseconds.
  private func renameTime(of spool: ThrowAwaySpool) throws -> Int64 {
    _ = try spool.command("msg-send", ["bob", "hello"], user: "carol\(UInt32.random(in: 0...UInt32.max))").run()
    return try newestChange(in: "\(spool.path)/mailboxes/bob/new")
  }

  private func newestChange(in folder: String) throws -> Int64 {
    let directory = try Directory(opening: folder)
    return try directory.list().entries.compactMap { entry throws in try directory.status(of: entry.name)?.changed }.max() ?? 0
  }

  private func modified(_ path: String) -> Int64 { ((try? FileStatus.atPath(path)) ?? nil)?.modified ?? 0 }
  private func fileSize(_ path: String) -> Int { ((try? FileStatus.atPath(path)) ?? nil)?.size ?? 0 }
}

/// One run of `msg-alarmd --once` over a backlog, as it is and with every limit lifted, beside `xargs` starting the same hook.
private func catchUp(_ size: Int, tools: String) throws -> String {
  let spool = try ThrowAwaySpool(tools: tools)
  try spool.hook("cat > /dev/null; echo x >> '\(spool.path)/../told'")
  _ = try spool.shell("printf 'opening-credit = 1000000000\\n' > '\(spool.path)/config'").run()
  _ = try spool.command("msg-send", ["bob", "first"], user: "alice").run()
  try spool.fill(size)
  let once = spool.command("msg-alarmd", ["--once"], user: "alice")
  let (time, memory) = try once.runMeasured()
  var report = "msg-alarmd --once: \(milliseconds(time)), \(memory / 1024) MiB at its peak, \(try spool.toldLines()) calls\n"
  if size <= 5000 {
    _ = try spool.shell("rm -r '\(spool.path)/feed/consumers' '\(spool.path)/alarms/history' '\(spool.path)/../told'").run()
    _ = try spool.shell("printf 'digest = no\\nhook-rate = 10000\\nhook-slots = 4\\n' >> '\(spool.path)/config'").run()
    let (raw, peak) = try once.runMeasured()
    report += "the same told one by one: \(milliseconds(raw)), \(peak / 1024) MiB, \(try spool.toldLines()) calls\n"
    let xargs = spool.shell(
      "find '\(spool.path)'/feed/0* -type f | sort | xargs -P 4 -I{} sh -c '\(spool.path)/alarms/hooks/log < {}' 2>/dev/null")
    report += "find | sort | xargs -P 4: \(milliseconds(try xargs.run())), remembering nothing\n"
  }
  return report
}

private func percentile(_ times: [Int64], _ share: Int) -> Int64 { times.sorted()[min(times.count - 1, times.count * share / 100)] }

private func milliseconds(_ time: Int64) -> String {
  let digits = String(time / 1000 % 1000)
  return "\(time / 1_000_000).\(String(repeating: "0", count: 3 - digits.count))\(digits) ms"
}
