import Glibc
import SystemCalls

// What a person notices of the alarm daemon: how long after a delivery a hook starts, how long a backlog takes, and how much
// memory that needs. Each beside what is usually written by hand: `inotifywait -m | while read`, and `xargs`.

/// `alarm`: latency, catching up with 5,000 and with `events` events, and memory while `events` events pass.
func benchmarkAlarm(count: Int, events: Int) throws -> String {
  let tools = Program.ownFolder()
  var report = "From the rename into new/ to the start of a hook, \(count) times, in turn\n"
  report += try AlarmLatency(tools: tools).report(count: count)
  for size in [min(5000, events), events] {
    report += "\nCatching up with \(size) waiting events of \(AlarmBacklog.receivers) receivers\n"
    report += try AlarmBacklog(size: size, tools: tools).report()
  }
  report += "\nMemory of the daemon while \(events) events pass, a hook each\n"
  return report + (try alarmMemory(over: events, tools: tools))
}

/// A backlog, told by `msg-alarmd --once` as it is configured at first, told one by one, and by xargs with the same hook.
struct AlarmBacklog {
  /// Alarms for one receiver run one after another; these have as much room as xargs has.
  static let receivers = 4
  private let size: Int
  private let tools: String

  init(size: Int, tools: String) { (self.size, self.tools) = (size, tools) }

  func report() throws -> String {
    var report = ""
    for (name, config) in [("as digests", ""), ("one by one", "digest = no\nhook-rate = 10000\nreceiver-rate = 600000\n")] {
      let spool = try ThrowAwaySpool(tools: tools)
      try spool.hook("cat > /dev/null; echo x >> '\(spool.told)'", config: "opening-credit = 1000000\n\(config)")
      try spool.fill(size, to: AlarmBacklog.receivers)
      let run = try spool.command("msg-alarmd", ["--once"], user: "alice").measure()
      report +=
        "msg-alarmd --once, \(name): \(milliseconds(run.nanoseconds)), \(try spool.toldLines()) calls, \(run.peak) KiB at its peak\n"
      if config.isEmpty { continue }
      let hook = "'\(spool.path)'/alarms/hooks/log"
      // The feed holds what the daemon has told; the shell in between opens the message, as the daemon does.
      let line = "find '\(spool.path)'/feed/0* -type f | sort | xargs -P 4 -I{} sh -c 'exec \"$1\" < \"$2\"' sh \(hook) {}"
      report += "find | sort | xargs -P 4: \(milliseconds(try spool.shell(line).run())), remembering nothing\n"
    }
    return report
  }
}

func percentile(_ times: [Int64], _ share: Int) -> Int64 { times.sorted()[min(times.count - 1, times.count * share / 100)] }

func milliseconds(_ time: Int64) -> String {
  let digits = String(time / 1000 % 1000)
  return "\(time / 1_000_000).\(String(repeating: "0", count: 3 - digits.count))\(digits) ms"
}
