import TestSupport
import Testing

/// Removing a message, killed and failed at every call that changes something.
@Suite(.serialized) struct RemovalCrashTests {
  private func places(of words: String, in spool: TestSpool) throws -> [String] {
    try run("grep", ["-rlF", words, spool.path]).lines.map { String($0.dropFirst(spool.path.count)) }
  }

  /// Breaks when a removal that answers 0 leaves the text somewhere, when one that was cut short is not finished by the next, when a message
  /// loses its event's text and stays, or when its sender forgets it.
  @Test(arguments: [Fault.kill, .error("EIO")])
  func theTextIsThereOrGone(fault: Fault) throws {
    let template = TestSpool()
    for (key, text) in [("a", "the secret words"), ("b", "other")] {
      #expect(try template.run("msg-send", ["--id", key, "bob", text]).status == 0)
    }
    let command = FaultyCommand("msg-read", ["--delete", "1"], user: "bob")
    let calls = try command.calls(on: template.copy())
    #expect(calls.count >= 12, "\(calls)")
    for call in calls {
      let spool = try template.copy()
      let outcome = try command.run(on: spool, fault, at: call)
      if outcome.status == 0 { #expect(try places(of: "secret", in: spool) == [], "\(fault) at \(call)") }
      if spool.messages(of: "bob").count == 2 { #expect(try places(of: "secret", in: spool).count == 2, "\(fault) at \(call)") }
      let next = try spool.run("msg-read", ["--delete", "last"], user: "bob")
      #expect(next.status == 0, "\(fault) at \(call): \(next)")
      let isRemoved = spool.messages(of: "bob").isEmpty
      #expect(try places(of: "secret", in: spool).count == (isRemoved ? 0 : 2), "\(fault) at \(call)")
      #expect(spool.folder.names(in: "spool/removed").filter { $0.hasSuffix(".pending") } == [], "\(fault) at \(call)")
      let status = try spool.run("msg-send", ["--status", "a"])
      #expect(status.output.contains("to        bob\n") && status.output.contains("removed") == isRemoved, "\(fault) at \(call): \(status)")
    }
  }
}
