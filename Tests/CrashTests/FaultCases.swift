import Foundation
import JSONText
import TestSupport

extension FaultCase {
  /// Every command that changes a spool.
  static let all = sends + waiting + payments + mailboxes + alarms + rotations + gateways

  private static let nothing: @Sendable (TestSpool) throws -> [String] = { spool in
    guard try run("mkdir", ["-p", "-m", "700", spool.path]).status == 0 else { throw HarnessFailure("mkdir") }
    return []
  }

  /// In daily use.
  private static let used: @Sendable (TestSpool) throws -> [String] = { spool in
    try spool.mustRun("msg-send", "bob,carol,dave", "earlier")
    return []
  }

  private static let lines = [#"{"to":"bob","text":"one","id":"1"}"#, #"{"to":["carol","dave"],"text":"two","id":"2"}"#]
    .map { $0 + "\n" }.joined()

  private static let sends = [
    FaultCase("send to one", "msg-send", ["bob", "new"], prepare: used).with { $0.isRepeatable = false },
    FaultCase("send to three", "msg-send", ["--id", "key", "bob,carol,erin", "new"], prepare: used),
    FaultCase("first use", "msg-send", ["--id", "key", "bob", "new"], prepare: nothing),
    FaultCase("batch", "msg-send", ["--batch"], prepare: used).with {
      $0.input = lines
      $0.refusal = .mayBePartlyDone
    },
    FaultCase("send with a quota", "msg-send", ["--id", "key", "bob,carol", "new"]) { spool in
      try spool.configure("quota-messages = 9\nspool-quota-bytes = 100000\n")
      try spool.mustRun("msg-send", "bob,carol,dave", "earlier")
      return []
    },
  ]

  /// A sender who has no credit left.
  private static let poor: @Sendable (TestSpool) throws -> [String] = { spool in
    _ = try used(spool)
    try spool.mustRun("msg-pay", "charge", "alice", "97", "--id", "rest")
    return []
  }

  private static let waiting = [
    FaultCase("queue", "msg-send", ["--queue", "--id", "key", "bob,carol", "new"], prepare: poor),
    FaultCase("schedule", "msg-send", ["--at", "+9w", "--id", "key", "bob", "new"], prepare: used),
    FaultCase("flush", "msg-send", ["--flush"]) { spool in
      _ = try poor(spool)
      try spool.mustRun("msg-send", "-q", "--queue", "bob,carol", "new")
      try spool.mustRun("msg-pay", "topup", "alice", "10")
      return []
    }.with { ($0.isRecovery, $0.refusal) = (true, .mayBeDone) },
    FaultCase("cancel", "msg-send", ["--cancel", "key"]) { spool in
      _ = try used(spool)
      try spool.mustRun("msg-send", "--at", "+9w", "--id", "key", "bob", "new")
      return []
    }.with { ($0.isRepeatable, $0.refusal) = (false, .mayBeDone) },
  ]

  private static let payments = [
    FaultCase("topup", "msg-pay", ["topup", "alice", "50", "--id", "key"], prepare: used),
    FaultCase("charge", "msg-pay", ["charge", "alice", "5", "--id", "key"], prepare: used),
    FaultCase("void", "msg-pay", ["void", "--id", "key"]) { spool in
      _ = try used(spool)
      try spool.mustRun("msg-pay", "charge", "alice", "5", "--id", "key")
      return []
    },
    FaultCase("refund", "msg-pay", ["refund"]) { spool in
      _ = try used(spool)
      return [try sentID(spool)]
    },
    FaultCase("settle", "msg-pay", ["settle"]) { spool in
      try spool.folder.writeProgram("gateway", "#!/bin/sh\nexit 75\n")
      try spool.configure("gateway = exec \(spool.folder.file("gateway"))\n")
      try spool.mustRun("msg-send", "-q", "--queue", "--id", "key", "bob", "new")
      return [try sentID(spool), "--charged", "REF"]
    }.with { ($0.isRepeatable, $0.refusal, $0.staysOpen) = (false, .mayBeDone, true) },
  ]

  private static func sentID(_ spool: TestSpool) throws -> String {
    guard let line = try spool.run("msg-send", ["--sent", "--json"]).lines.last, let id = try JSONValue(parsing: line)["id"]?.string else {
      throw HarnessFailure("nothing was sent")
    }
    return id
  }

  private static let mailboxes = [
    FaultCase("read", "msg-read", ["1"], user: "bob", prepare: used).with { ($0.refusal, $0.isDurable) = (.mayBeDone, false) },
    FaultCase("flag", "msg-read", ["--flag", "1"], user: "bob", prepare: used).with { ($0.refusal, $0.isDurable) = (.mayBeDone, false) },
    FaultCase("delete", "msg-read", ["--delete", "last"], user: "bob", prepare: used).with {
      ($0.isRepeatable, $0.refusal) = (false, .mayBeDone)
    },
  ]

  /// Two messages to be told of, by a hook that notes what it is told.
  private static let untold: @Sendable (TestSpool) throws -> [String] = { spool in
    try spool.configure("hook-slots = 1\nhook-rate = 10000\ndigest = no\n")
    try spool.mustRun("msg-send", "bob", "one")
    try spool.mustRun("msg-send", "carol", "two")
    try hook(spool, status: 0)
    return []
  }

  private static func hook(_ spool: TestSpool, status: Int) throws {
    let note = #"echo "$1 $2 $MSG_ALARM_PREVIEW" >> "$MSG_ALARM_SPOOL/told""#
    try spool.folder.writeProgram("spool/alarms/hooks/note", "#!/bin/sh\n\(status == 0 ? note : ":")\nexit \(status)\n")
  }

  private static let alarms = [
    FaultCase("alarms", "msg-alarmd", ["--once"], prepare: untold).with {
      ($0.isRecovery, $0.refusal, $0.tellsAlarms, $0.scope) = (true, .mayBeDone, true, .theToolAlone)
    },
    FaultCase("silence", "msg-alarmd", ["silence", "--to", "dave"], prepare: used).with {
      ($0.isRepeatable, $0.refusal) = (false, .mayBeDone)
    },
    FaultCase("replay", "msg-alarmd", ["replay", "--dead", "--yes"]) { spool in
      _ = try untold(spool)
      try hook(spool, status: 1)
      _ = try spool.run("msg-alarmd", ["--once"])
      try hook(spool, status: 0)
      return []
    }.with { ($0.refusal, $0.tellsAlarms, $0.isRepeatable) = (.mayBePartlyDone, true, false) },
  ]

  private static let rotations = [
    FaultCase("a new segment of the ledger", "msg-send", ["--id", "key", "bob", "new"]) { spool in
      try spool.configure("ledger-segment-size = 4096\n")
      func segments(_ spool: TestSpool) -> Int { spool.folder.names(in: "spool/pay/ledger").count }
      for number in 1...40 {
        try spool.mustRun("msg-send", "bob", "earlier \(number)")
        let trial = try spool.copy()
        try trial.mustRun("msg-send", "--id", "key", "bob", "new")
        if segments(trial) > segments(spool), segments(spool) > 1 { return [] }
      }
      throw HarnessFailure("no segment was sealed")
    },
    FaultCase("a new segment of the feed", "msg-send", ["--id", "key", "bob", "new"]) { spool in
      _ = try used(spool)
      let filled = try spool.shell(
        "cd feed/000000000001 && echo filled > 000000000004 && seq 5 1024 | while read n; do ln 000000000004 $(printf %012d $n); done"
      )
      guard filled.status == 0 else { throw HarnessFailure("\(filled)") }
      return []
    },
    FaultCase("a new file of the history", "msg-alarmd", ["--once"]) { spool in
      _ = try untold(spool)
      try spool.mustRun("msg-alarmd", "--once")
      try spool.configure("hook-slots = 1\nhook-rate = 10000\ndigest = no\nhistory-size = 1048576\n")
      let filled = try spool.shell(
        "cd alarms/history && f=$(ls) && l=$(tail -1 $f) && while [ $(stat -c %s $f) -lt 65300 ]; do echo \"$l\" >> $f; done")
      guard filled.status == 0 else { throw HarnessFailure("\(filled)") }
      try spool.mustRun("msg-send", "bob", "three")
      return []
    }.with { ($0.isRecovery, $0.refusal, $0.tellsAlarms, $0.scope) = (true, .mayBeDone, true, .theToolAlone) },
  ]

  /// A bank in another spool, which lies in this one, so that both are copied together.
  private static let banked: @Sendable (TestSpool) throws -> [String] = { spool in
    try spool.configure("gateway = exec \(toolFolder)/msg-pay --spool \(spool.path)/bank gateway\ngateway.default.timeout = 4000\n")
    try spool.mustRun("msg-send", "bob", "earlier")
    return []
  }

  private static let gateways = [
    FaultCase("send paid at a bank", "msg-send", ["--id", "key", "bob", "new"], prepare: banked).with { $0.scope = .theToolAlone },
    FaultCase("queue at a bank", "msg-send", ["--queue", "--id", "key", "bob", "new"], prepare: banked).with { $0.scope = .theToolAlone },
    FaultCase("refund by a bank", "msg-pay", ["refund"]) { spool in
      _ = try banked(spool)
      return [try sentID(spool)]
    }.with { ($0.refusal, $0.scope) = (.mayBeDone, .theToolAlone) },
  ]
}
