import JSONText
import TestSupport
import Testing

/// The breaker as callers and people see it.
@Suite struct BreakerTests {
  private static let touchy =
    "gateway.default.timeout = 1500\ngateway.default.breaker-minimum = 3\ngateway.default.breaker-open = 100\n"
    + "gateway.default.breaker-probes = 2\ngateway.default.breaker-slow = 101"

  /// Breaks when a failing gateway is asked for ever, or its breaker says nothing, or says it twice.
  @Test func itOpensOnceAndSaysSo() throws {
    let gateway = try GatewaySpool(
      script: "exit 1", "gateway.default.timeout = 4000\ngateway.default.breaker-minimum = 4\ngateway.default.breaker-open = 600000")
    var said = 0
    for _ in 0..<6 {
      let sent = try gateway.send("--timeout", "20", "bob", "hi")
      #expect(sent.status == 75, "\(sent)")
      said += sent.errors.ranges(of: "closed -> open: of the last 4 calls 4 failed").count
    }
    #expect(said == 1)
    #expect(gateway.calls().count == 4)
    #expect(try gateway.pay("breaker", "--check").status == 1)
    #expect(try gateway.pay("breaker").lines.last?.hasPrefix("default  open ") == true)
    let shown = try #require(try gateway.pay("breaker", "--json").objects().first)
    #expect(shown["state"]?.string == "open" && shown["until"]?.string != nil && shown["gateway"]?.string == "default")
    let log = try gateway.spool.folder.read("spool/pay/events.log")
    #expect(log.split(separator: "\n").count == 1 && log.contains(" default closed open "))
    let refused = try gateway.send("bob", "hi")
    #expect(refused.status == 75 && refused.errors.contains("circuit open; next probe in "), "\(refused)")
    #expect(try gateway.pay("breaker", "--reset").status == 0)
    #expect(try gateway.pay("breaker", "--check").status == 0)
    try gateway.write(script: "exec $bank \"$@\"")
    try gateway.recover()
    #expect(try gateway.send("bob", "hi").status == 0)
    try gateway.expectSettled(delivered: 1)
  }

  /// Breaks when a person's word does not count, or counts for another gateway.
  @Test func aPersonTakesAGatewayOutOfService() throws {
    let gateway = try GatewaySpool(bankWith: "gateway.other = exec false")
    #expect(try gateway.pay("breaker", "--isolate", "nobody").status == 66)
    #expect(try gateway.pay("breaker", "--isolate", "--reset").status == 64)
    let isolated = try gateway.pay("breaker", "--isolate", "default")
    #expect(isolated.status == 0 && isolated.output.isEmpty && isolated.errors.isEmpty, "\(isolated)")
    let refused = try gateway.send("bob", "hi")
    #expect(refused.status == 69 && refused.errors.contains("taken out of service by hand"), "\(refused)")
    #expect(
      try gateway.pay("breaker", "--json").objects().map { $0["state"]?.string }
        == ["other", "default"].map { $0 == "other" ? "closed" : "forced-open" })
    #expect(try gateway.pay("breaker", "--check", "other").status == 0)
    #expect(try gateway.pay("breaker", "--check").status == 1)
    #expect(try gateway.pay("breaker", "--disable").status == 0)
    #expect(try gateway.send("bob", "hi").status == 0)
    #expect(try gateway.pay("breaker", "--reset").status == 0)
    #expect(try gateway.pay("breaker", "--check").status == 0)
    try gateway.expectSettled(delivered: 1)
  }

  /// Breaks when a send that is refused anyway waits for the disk first, or moves what waits to and fro. Who is refused is to know at
  /// once, however many are.
  @Test func aRefusedSendWritesNothing() throws {
    let gateway = try GatewaySpool()
    #expect(try gateway.send("bob", "before").status == 0)
    #expect(try gateway.pay("breaker", "--isolate").status == 0)
    #expect(try gateway.send("--queue", "bob", "one").status == 0)
    #expect(try gateway.send("--queue", "--id", "k", "bob", "two").status == 0)
    let waiting = "cd $0/deferred/at && find . -type f | sort"
    let due = try run("sh", ["-c", waiting, gateway.spool.path]).lines
    #expect(due.count == 2)
    let trace = gateway.spool.folder.file("trace")
    let calls = "fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,write,pwrite64,fork,vfork,clone,clone3"
    for words in [["bob", "hi"], ["--id", "other", "bob,carol", "hi"]] {
      let refused = try run(
        "strace", ["-f", "-qq", "-o", trace, "-e", "trace=\(calls)", "\(toolFolder)/msg-send", "--no-queue"] + words,
        environment: ["MSG_SPOOL": gateway.spool.path, "MSG_USER": "alice"])
      #expect(refused.status == 69, "\(refused)")
      let lines = try gateway.spool.folder.read("trace").split(separator: "\n")
      // The one line is what it says.
      #expect(lines.count == 1 && lines[0].contains(" write(2, "), "\(lines)")
    }
    #expect(try run("sh", ["-c", waiting, gateway.spool.path]).lines == due)
    #expect(try gateway.pay("breaker", "--reset").status == 0)
    #expect(try gateway.send("--flush", "--all").status == 0)
    try gateway.expectSettled(delivered: 3)
  }

  /// One call tries the gateway, in its only slot. Breaks when another caller waits for that slot, to be refused once it has it: who is
  /// refused is to know at once.
  @Test func nobodyWaitsForASlotWhileTheGatewayIsTried() throws {
    let gateway = try GatewaySpool(
      script: "exit 1", Self.touchy.replacing("timeout = 1500", with: "timeout = 15000") + "\ngateway-slots = 1")
    while try gateway.send("--timeout", "60", "bob", "hi").errors.contains("it is not known") {}
    let (begun, go) = (gateway.spool.folder.file("begun"), gateway.spool.folder.file("go"))
    try gateway.write(script: "touch \(begun); while [ ! -e \(go) ]; do sleep 0.01; done; exec $bank \"$@\"")
    let script = """
      until [ -e $BEGUN ]; do msg-send --timeout 60 bob probe 2> /dev/null & sleep 0.05; done
      msg-send --timeout 60 carol second; echo $?
      touch $GO; wait
      """
    let told = try run(
      "sh", ["-c", script],
      environment: [
        "PATH": "\(toolFolder):/usr/bin:/bin", "BEGUN": begun, "GO": go, "MSG_SPOOL": gateway.spool.path, "MSG_USER": "alice",
      ])
    #expect(told.output == "75\n" && told.errors.contains("circuit half-open; its probes end within "), "\(told)")
    try gateway.recover()
  }

  /// Two payments to be given back, and a breaker that lets two calls try the gateway. Breaks when a send spends them on what others left
  /// behind, and is refused itself.
  @Test func aTrialIsForTheSendersOwnMessage() throws {
    let gateway = try GatewaySpool(script: "exit 1", Self.touchy)
    while try gateway.send("bob", "hi").errors.contains("it is not known") {}
    let left = gateway.spool.folder.names(in: "spool/voiding").count
    #expect(left > 0)
    try gateway.write(script: "exec $bank \"$@\"")
    let before = gateway.calls().count
    var sent = try gateway.send("carol", "hi")
    for _ in 0..<600 where sent.status == 75 {
      _ = try run("sleep", ["0.02"])
      sent = try gateway.send("carol", "hi")
    }
    #expect(sent.status == 0, "\(sent)")
    #expect(gateway.calls().dropFirst(before) == ["charge"])
    #expect(gateway.spool.folder.names(in: "spool/voiding").count == left)
    try gateway.recover()
    #expect(try gateway.pay("doubt").status == 1)
  }

  /// A prober that is killed in the middle of its call. Breaks when its lease keeps the gateway shut.
  @Test func aKilledProberWedgesNothing() throws {
    let gateway = try GatewaySpool(script: "exit 1", Self.touchy)
    for _ in 0..<3 { _ = try gateway.send("bob", "hi") }
    #expect(try gateway.pay("breaker", "--json").objects().first?["state"]?.string != "closed")
    // The probe itself kills its caller: the supervisor's parent.
    try gateway.write(script: "s=$(cut -d' ' -f4 /proc/$PPID/stat); kill -9 $s; sleep 0.05; exit 1")
    for _ in 0..<200 {
      if try gateway.send("bob", "hi").status == 137 { break }
      _ = try run("sleep", ["0.02"])
    }
    try gateway.write(script: "exec $bank \"$@\"")
    var isClosed = false
    for _ in 0..<400 where !isClosed {
      _ = try gateway.send("--flush")
      _ = try gateway.send("carol", "hi")
      isClosed = try gateway.pay("breaker", "--check").status == 0
      if !isClosed { _ = try run("sleep", ["0.05"]) }
    }
    #expect(isClosed)
    try gateway.recover()
    #expect(try gateway.pay("doubt").status == 1)
  }

  /// A hundred callers at once. Breaks when the outcome of one is overwritten by another's.
  @Test func aHundredProcessesLoseNoOutcome() throws {
    let gateway = try GatewaySpool(
      script: "echo ok R",
      "gateway-slots = 100\ngateway.default.timeout = 60000\ngateway.default.breaker-window = 100\ngateway.default.breaker-age = 3600")
    #expect(try gateway.send("--timeout", "300", "bob", "first").status == 0)
    let all = try run(
      "sh",
      [
        "-c",
        "for i in $(seq 99); do \"$0\" --timeout 300 bob $i || echo failed & done; wait", "\(toolFolder)/msg-send",
      ], environment: ["MSG_SPOOL": gateway.spool.path, "MSG_USER": "alice"])
    #expect(all.output.isEmpty && all.errors.isEmpty, "\(all)")
    #expect(gateway.delivered() == 100 && gateway.calls().count == 100)
    let shown = try #require(try gateway.pay("breaker", "--json").objects().first)
    #expect(shown["calls"]?.integer == 100, "\(shown)")
    #expect(try gateway.pay("verify").status == 0)
  }

  /// Breaks when a spool with no gateway outside is said to have one.
  @Test func withoutAGatewayThereIsNothingToShow() throws {
    let spool = TestSpool()
    _ = try spool.run("msg-pay", ["topup", "alice", "1", "--open"])
    let shown = try spool.run("msg-pay", ["breaker"])
    #expect(shown.status == 1 && shown.output.isEmpty && shown.errors.isEmpty, "\(shown)")
    #expect(try spool.run("msg-pay", ["breaker", "--check"]).status == 0)
    #expect(try spool.run("msg-pay", ["doubt"]).status == 1)
  }

  @Test(arguments: [
    "gateway = nobody", "gateway = exec", "gateway.x = /bin/true", "gateway.x.speed = 1", "gateway.x.timeout = fast\ngateway.x = exec true",
    "gateway..timeout = 1", "gateway.a.b.c = 1", "gateway.x.slots = 0\ngateway.x = exec true",
  ])
  func whatIsWrongInTheConfigurationIs78(text: String) throws {
    let gateway = try GatewaySpool()
    try gateway.configure(text.contains("gateway.x = exec") ? text + "\ngateway = x" : text)
    let shown = try gateway.pay("breaker")
    #expect(shown.status == 78 && shown.errors.contains("config:1: "), "\(shown)")
    if !text.hasPrefix("gateway.x = ") { #expect(try gateway.send("bob", "hi").status == 78) }
    #expect(gateway.delivered() == 0)
  }
}
