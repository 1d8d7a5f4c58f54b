import JSONText
import TestSupport
import Testing

/// Senders at a gateway that has no room for all of them.
@Suite struct WaitingLineTests {
  private func environment(_ gateway: GatewaySpool, _ more: [String: String] = [:]) -> [String: String] {
    ["PATH": "\(toolFolder):/usr/bin:/bin", "MSG_SPOOL": gateway.spool.path, "LOG": gateway.log].merging(more) { $1 }
  }

  /// Keeps every call until there is a file `go`, and notes whose it is.
  private func blocked(_ settings: String) throws -> GatewaySpool {
    let gateway = try GatewaySpool(script: "exit 1", settings)
    let go = gateway.spool.folder.file("go")
    try gateway.spool.folder.writeProgram(
      "gateway.sh", "#!/bin/sh\necho \"$1 $5\" >> \(gateway.log)\nwhile [ ! -e \(go) ]; do sleep 0.01; done\necho ok R\n")
    return gateway
  }

  /// One slot, and eight who come one after the other. Breaks when one is served before one who came earlier.
  @Test func whoComesFirstIsServedFirst() throws {
    let gateway = try blocked("gateway-slots = 1\ngateway.default.timeout = 20000")
    let script = """
      for n in 0 1 2 3 4 5 6 7; do
        MSG_USER=user$n msg-send --timeout 300 bob hi || echo failed &
        if [ $n = 0 ]; then until [ -s $LOG ]; do sleep 0.01; done
        else until msg-pay breaker --json | grep -q "\\"waiting\\":$n,"; do sleep 0.01; done; fi
      done
      touch $GO; wait
      """
    let sent = try run("sh", ["-c", script], environment: environment(gateway, ["GO": gateway.spool.folder.file("go")]))
    #expect(sent.output.isEmpty && sent.errors.isEmpty, "\(sent)")
    #expect(try gateway.spool.folder.read("calls").split(separator: "\n") == (0..<8).map { "charge user\($0)" })
    #expect(gateway.delivered() == 8)
    #expect(try gateway.pay("breaker", "--json").objects().first?["waiting"]?.integer == 0)
  }

  /// Shell commands: a first send that has the only slot, and a second one that waits for it.
  private static let firstAndSecond = """
    export MSG_USER=alice
    msg-send --timeout 300 bob first || echo failed &
    until [ -s $LOG ]; do sleep 0.01; done
    msg-send --timeout 300 bob second & second=$!
    until msg-pay breaker --json | grep -q '"waiting":1,'; do sleep 0.01; done

    """

  /// One call in the only slot, a caller that waits, and one behind it; `event` happens to the first one of the line, then the slot gets
  /// free.
  private func twoWaiting(_ event: String, thenEnd end: String) throws -> (GatewaySpool, ToolRun) {
    let gateway = try blocked("gateway-slots = 1\ngateway.default.timeout = 20000")
    let script =
      Self.firstAndSecond + """
        msg-send --timeout 300 bob third || echo failed & third=$!
        until msg-pay breaker --json | grep -q '"waiting":2,'; do sleep 0.01; done
        \(event)
        touch $GO; wait $third
        \(end)
        wait
        """
    return (gateway, try run("sh", ["-c", script], environment: environment(gateway, ["GO": gateway.spool.folder.file("go")])))
  }

  /// Breaks when a caller that was killed keeps its place in the line.
  @Test func aKilledCallerLeavesTheLine() throws {
    let (gateway, sent) = try twoWaiting("kill -KILL $second", thenEnd: ":")
    #expect(sent.output.isEmpty, "\(sent)")
    #expect(gateway.delivered() == 2)
    #expect(try gateway.pay("breaker", "--json").objects().first?["waiting"]?.integer == 0)
  }

  /// Breaks when a free slot stays free because the first in the line was stopped.
  @Test func aStoppedCallerHoldsNobodyUp() throws {
    let (gateway, sent) = try twoWaiting("kill -STOP $second", thenEnd: "ls $MSG_SPOOL/mailboxes/bob/new | wc -l; kill -CONT $second")
    #expect(sent.output == "2\n", "\(sent)")
    #expect(gateway.delivered() == 3)
  }

  /// The only slot is taken for longer than there is time. Breaks when one who cannot be served is let wait, writes anything before it
  /// is told, or is not told what to do.
  @Test func whoCannotBeServedIsToldAtOnce() throws {
    let gateway = try blocked("gateway-slots = 1\ngateway.default.timeout = 20000")
    let (trace, go) = (gateway.spool.folder.file("trace"), gateway.spool.folder.file("go"))
    let calls = "fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,fork,vfork,clone,clone3,mkdirat"
    let script = """
      export MSG_USER=alice
      msg-send --timeout 300 bob first || echo failed &
      until [ -s $LOG ]; do sleep 0.01; done
      strace -f -qq -o $TRACE -e trace=\(calls) msg-send --timeout 22 bob second; echo $?
      msg-send --queue --timeout 22 bob third; echo $?
      touch $GO; wait
      """
    let told = try run("sh", ["-c", script], environment: environment(gateway, ["GO": go, "TRACE": trace]))
    #expect(told.output == "75\n0\n", "\(told)")
    #expect(told.errors.contains("its slot is taken and 0 callers wait, so a slot is free in about "), "\(told)")
    #expect(told.errors.contains("or with a longer --timeout or --queue"), "\(told)")
    #expect(try gateway.spool.folder.read("trace").isEmpty)
    #expect(gateway.delivered() == 1)
    try gateway.recover()
    #expect(try gateway.send("--flush", "--all").status == 0)
    #expect(gateway.delivered() == 2)
  }

  /// A sender who waits and is asked to end. Breaks when it goes on waiting, is charged, or leaves anything behind.
  @Test func whoIsInterruptedEnds() throws {
    let gateway = try blocked("gateway-slots = 1\ngateway.default.timeout = 20000")
    let script =
      Self.firstAndSecond + """
        kill $second; wait $second; echo $?
        msg-pay breaker --json | grep -c '"waiting":0,'
        touch $GO; wait
        """
    let told = try run("sh", ["-c", script], environment: environment(gateway, ["GO": gateway.spool.folder.file("go")]))
    #expect(told.output == "143\n1\n", "\(told)")
    #expect(gateway.delivered() == 1 && gateway.calls() == ["charge"])
    #expect(gateway.spool.folder.names(in: "spool/outbox").isEmpty)
  }

  /// The first probe of a gateway that is tried again hangs, and goes on after its sender has been told. Breaks when the others are refused
  /// for as long as it hangs.
  @Test func aProbeThatHangsHoldsNobody() throws {
    let gateway = try GatewaySpool(
      script: "exit 1",
      "gateway-slots = 1\ngateway.default.timeout = 300\ngateway.default.breaker-minimum = 3\ngateway.default.breaker-open = 100\n"
        + "gateway.default.lifetime = 600")
    while try gateway.pay("breaker", "--check").status == 0 { _ = try gateway.send("bob", "hi") }
    let (hung, go) = (gateway.spool.folder.file("hung"), gateway.spool.folder.file("go"))
    try gateway.write(
      script: "if [ $1 = charge ] && mkdir \(hung) 2>/dev/null; then while [ ! -e \(go) ]; do sleep 0.01; done; fi\nexec $bank \"$@\"")
    var status: Int32 = -1
    for _ in 0..<400 where status != 0 {
      status = Int32(try gateway.send("carol", "hi").status)
      if status != 0 { _ = try run("sleep", ["0.02"]) }
    }
    #expect(status == 0 && gateway.delivered(to: "carol") == 1, "the first still hangs")
    #expect(try run("test", ["-e", hung]).status == 0)
    try gateway.spool.folder.write("go", "")
    try gateway.recover()
  }

  /// A call that takes a little longer than it may. Breaks when its sender gives up although there is time, and the gateway is asked to
  /// give back what it was about to charge.
  @Test func aLittleLateIsInTime() throws {
    let gateway = try GatewaySpool(script: "exit 1", "gateway.default.timeout = 4000")
    // It is answered as soon as its time is up: the breaker knows of that.
    let look = "\(toolFolder)/msg-pay --spool \(gateway.spool.path) breaker --json"
    try gateway.write(script: "[ $1 = charge ] && until \(look) | grep -q '\"failed\":1,'; do sleep 0.01; done; exec $bank \"$@\"")
    let sent = try gateway.send("--timeout", "60", "bob", "hi")
    #expect(sent.status == 0, "\(sent)")
    #expect(gateway.calls() == ["charge"])
    #expect(try gateway.pay("breaker", "--json").objects().first?["failed"]?.integer == 1, "it was late nevertheless")
    try gateway.expectSettled(delivered: 1)
  }
}
