import Glibc
import SystemCalls

/// From the rename of a message into `new/` to the first thing that its hook does, by the daemon and by inotifywait with a loop, each
/// on a spool of its own, in turn. The hook is the same: a shell that starts date(1), whose answer is the end of the measurement.
final class AlarmLatency {
  private let spool: ThrowAwaySpool
  private let other: ThrowAwaySpool
  private static let hook = "date +%s%N >> \"$1\""

  init(tools: String) throws {
    (spool, other) = (try ThrowAwaySpool(tools: tools), try ThrowAwaySpool(tools: tools))
    try spool.hook("set -- '\(spool.told)'; \(AlarmLatency.hook)", config: "digest = no\nhook-rate = 10000\nreceiver-rate = 600000\n")
    try spool.choose("kinds = failed", for: "alice")
    _ = try spool.command("msg-alarmd", ["--once"], user: "alice").run()
    _ = try other.command("msg-send", ["bob", "first"], user: "alice").run()
    for spool in [spool, other] { _ = try spool.command("msg-pay", ["topup", "alice", "1000000", "--open"], user: "alice").run() }
  }

  func report(count: Int) throws -> String {
    let daemon = try spool.command("msg-alarmd", [], user: "alice").start()
    let watch =
      "inotifywait -q -m -e moved_to --format %f '\(other.path)/mailboxes/bob/new' | while read -r name; do sh -c '\(AlarmLatency.hook)' hook '\(other.told)'; done"
    let watcher = try other.shell(watch).start()
    defer {
      kill(daemon, SIGTERM)
      kill(-watcher, SIGTERM)
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

  /// Nanoseconds from when the message shows in its mailbox, which a watch of our own tells.
  private func oneLatency(of spool: ThrowAwaySpool) throws -> Int64 {
    let watch = try Inotify()
    _ = try watch.watch("\(spool.path)/mailboxes/bob/new", for: .arrivals)
    let before = try spool.toldLines()
    let send = try spool.command("msg-send", ["bob", "hello"], user: "alice").start()
    guard try waitForAny([watch.descriptor], for: .seconds(20)).contains(watch.descriptor) else {
      throw BenchmarkFailure(description: "\(spool.path): no message came")
    }
    let arrival = wallClock().nanoseconds
    var status: Int32 = 0
    while unsafe waitpid(send, &status, 0) < 0 && errno == EINTR {}
    let deadline = Deadline.after(.seconds(20))
    while try spool.toldLines() <= before {
      if deadline.hasPassed { throw BenchmarkFailure(description: "\(spool.told): no hook came") }
      usleep(2000)
    }
    // What runs after its hook must not be in the way of the next.
    usleep(100_000)
    guard let line = try spool.lastTold(), let end = Int64(line) else { throw BenchmarkFailure(description: "\(spool.told): no time") }
    return end - arrival
  }
}
