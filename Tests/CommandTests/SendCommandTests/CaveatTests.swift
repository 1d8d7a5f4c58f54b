import TestSupport
import Testing

/// What msgspool(5) says under CAVEATS of a system that has no room, lets nothing be written, or has a wrong clock.
@Suite(.serialized) struct CaveatTests {
  private let spool = TestSpool()

  /// Runs a script as root with mounts of its own; left out where that is not allowed.
  private func mounted(_ script: String) throws -> ToolRun {
    guard try run("unshare", ["-m", "true"]).status == 0 else { try Requirements.lacks("the right to mount") }
    return try spool.run(
      "unshare", ["-m", "sh", "-c", script], environment: ["PATH": "\(toolFolder):/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"])
  }

  // Fails when a file system without inodes takes a message half, charges for it, or keeps what is there from being read.
  @Test func noInodes() throws {
    let outcome = try mounted(
      """
      mkdir -m 700 "$MSG_SPOOL" && mount -t tmpfs -o size=16m,nr_inodes=400,mode=700 none "$MSG_SPOOL" || exit 99
      msg-send bob one || exit 1
      mkdir "$MSG_SPOOL/tmp/filler"; n=0
      while true > "$MSG_SPOOL/tmp/filler/$n"; do n=$((n + 1)); done 2>/dev/null
      for name in carol bob; do msg-send $name two; echo "send $?"; done
      msg-pay balance alice; msg-send --queue bob three; echo "queue $?"
      MSG_USER=bob msg-read --body 1; echo "read $?"
      rm -r "$MSG_SPOOL/tmp/filler"
      msg-send --flush --all; echo "flush $?"; msg-pay balance alice; msg-pay verify; echo "verify $?"
      msg-send bob four; echo "send $?"; MSG_USER=bob msg-read --count; MSG_USER=carol msg-read --count
      """)
    if outcome.status == 99 { try Requirements.lacks("the right to mount") }
    #expect(
      outcome.lines == ["send 74", "send 74", "99", "queue 74", "one", "read 0", "flush 0", "99", "verify 0", "send 0", "1", "0"],
      "\(outcome)")
    #expect(outcome.errors.contains("df -i"), "\(outcome)")
  }

  // Fails when a spool that is mounted read-only is written to, not read, or when a command says nothing of it.
  @Test func readOnly() throws {
    #expect(try spool.run("msg-send", ["bob", "one"]).status == 0)
    let outcome = try mounted(
      """
      mount --bind "$MSG_SPOOL" "$MSG_SPOOL" && mount -o remount,bind,ro "$MSG_SPOOL" || exit 99
      for words in 'msg-send bob two' 'msg-send --queue bob two' 'msg-send --flush' 'msg-pay topup alice 5' 'msg-alarmd --once' \\
        'msg-pay balance alice' 'msg-pay verify' 'msg-send --sent' 'msg-read --user bob --count' 'msg-read --user bob --flag 1'; do
        $words > /dev/null 2> "$0"; echo "$? $(grep -c . "$0")"
      done
      """.replacing("\"$0\"", with: "'\(spool.folder.file("said"))'"))
    if outcome.status == 99 { try Requirements.lacks("the right to mount") }
    #expect(outcome.lines == ["73 1", "73 1", "0 0", "73 1", "73 1", "0 0", "0 0", "0 0", "0 0", "73 1"], "\(outcome)")
  }

  // Fails when a clock that was wrong, or is set, loses a message, a payment or the order of the book.
  @Test(arguments: ["-1d", "+1d", "-18262d", "+18262d"]) func aClockThatIsSet(offset: String) throws {
    func at(_ offset: String, _ tool: String, _ words: String...) throws -> ToolRun {
      try spool.run("faketime", ["-f", offset, "\(toolFolder)/\(tool)"] + words)
    }
    #expect(try spool.run("msg-send", ["bob", "before"]).status == 0)
    #expect(try spool.run("msg-send", ["--at", "+1h", "--id", "later", "bob", "scheduled"]).status == 0)
    for time in [offset, "+0d"] {
      let sent = try at(time, "msg-send", "--id", "key \(time)", "bob", "at \(time)")
      #expect(sent.status == 0, "\(sent)")
      #expect(try at(time, "msg-send", "--id", "key \(time)", "bob", "at \(time)").status == 0, "a repeat")
      #expect(try at(time, "msg-pay", "topup", "alice", "1").status == 0)
      let list = try at(time, "msg-read", "--user", "bob", "--all")
      #expect(list.status == 0 && list.output.contains("at \(time)"), "\(list)")
      #expect(try at(time, "msg-alarmd", "--once").status == 0)
      #expect(try at(time, "msg-pay", "verify").status == 0)
    }
    // The scheduled one is delivered where its time came, and waits or was delivered later otherwise: never lost.
    let status = try spool.run("msg-send", ["--status", "later"])
    #expect(status.status == 0 && (status.output.contains("scheduled") || status.output.contains("delivered")), "\(status)")
    let delivered = spool.messages(of: "bob").count
    #expect(delivered == (status.output.contains("delivered") ? 4 : 3))
    #expect(try spool.run("msg-pay", ["balance", "alice"]).output == "\(102 - delivered)\n")
    let dates = try spool.run("msg-pay", ["journal"]).lines.filter { $0.first?.isNumber == true }.map { $0.prefix(10) }
    #expect(dates == dates.sorted() && dates.count > 4, "\(dates)")
  }
}
