import Glibc
import SystemCalls

/// What the daemon holds while so many events pass through it, none of them waiting long: its resident memory (/proc/PID/status),
/// looked at ten times on the way.
func alarmMemory(over events: Int, tools: String) throws -> String {
  let spool = try ThrowAwaySpool(tools: tools)
  try spool.hook(":", config: "digest = no\nhook-rate = 10000\nreceiver-rate = 600000\nopening-credit = 1000000\n")
  let daemon = try spool.command("msg-alarmd", [], user: "alice").start()
  defer {
    kill(daemon, SIGTERM)
    var status: Int32 = 0
    while unsafe waitpid(daemon, &status, 0) < 0 && errno == EINTR {}
  }
  var report = ""
  let start = Deadline.now.nanoseconds
  let step = max(1, events / 10)
  /// At most so many wait at a time.
  let batch = min(1000, step)
  var filled = 0
  while filled < events {
    let part = min(batch, events - filled)
    try spool.fill(part, to: AlarmBacklog.receivers)
    filled += part
    let deadline = Deadline.after(.seconds(120))
    while try spool.cursor() < spool.head {
      if deadline.hasPassed { throw BenchmarkFailure(description: "the daemon does not get on") }
      usleep(20_000)
    }
    if filled % step < batch {
      let memory = try residentMemory(of: daemon)
      report += "after \(filled) events: \(memory.now) KiB (\(memory.peak) KiB at its peak)\n"
    }
  }
  return report + "in \(milliseconds(Deadline.now.nanoseconds - start))\n"
}

private func residentMemory(of process: pid_t) throws -> (now: Int, peak: Int) {
  let status = String(decoding: try Directory(opening: "/proc/\(process)").open("status", .read).read(1 << 16, at: 0), as: UTF8.self)
  func figure(_ name: String) -> Int {
    status.split(separator: "\n").first { $0.hasPrefix(name) }.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }
  return (figure("VmRSS:"), figure("VmHWM:"))
}
