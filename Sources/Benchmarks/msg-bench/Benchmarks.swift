/// One durable paid send. Each side has a spool of its own, both warmed by three sends, so that neither makes folders.
func benchmarkSend(count: Int) throws -> String {
  let tools = Program.ownFolder()
  let spool = try ThrowAwaySpool(tools: tools)
  let other = try ThrowAwaySpool(tools: tools)
  for spool in [spool, other] {
    _ = try spool.command("msg-pay", ["topup", "alice", String(count + 100), "--open"], user: "alice").run()
    for text in ["one", "two", "three"] { _ = try spool.command("msg-send", ["bob", text], user: "alice").run() }
  }
  let send = spool.command("msg-send", ["bob", "hello"], user: "alice")
  let floor = other.command("msg-bench-floor", [other.path, "bob"], user: "alice")
  let comparison = try Comparison([send, floor, nothing], count: count)
  var report = "One durable paid send, spools in \(spool.path)\n\(try comparison.report())"
  if let calls = try spool.calls(of: send), let least = try other.calls(of: floor) {
    report += "system calls: msg-send \(calls.all) (\(calls.syncs) syncs), msg-bench-floor \(least.all) (\(least.syncs) syncs)\n"
  }
  return report
}

/// Counting the unread messages of a mailbox that has ten.
func benchmarkRead(count: Int) throws -> String {
  let tools = Program.ownFolder()
  let spool = try ThrowAwaySpool(tools: tools)
  for number in 1...10 { _ = try spool.command("msg-send", ["bob", "message \(number)"], user: "alice").run() }
  let read = spool.command("msg-read", ["--count"], user: "bob")
  let floor = spool.command("msg-bench-floor", [], user: "bob")
  let comparison = try Comparison([read, nothing, floor], count: count)
  return "msg-read --count of 10 messages, spool in \(spool.path)\n\(try comparison.report())"
}

private let nothing = Program(name: "/bin/true", path: "/bin/true")
