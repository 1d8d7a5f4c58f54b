import TestSupport
import Testing

/// A spool on a disk without room, a small tmpfs, so these tests need to be root. Its gateway and the bank are elsewhere.
@Suite struct FullDiskTests {
  private let gateway: GatewaySpool
  private var filler: String { "\(gateway.spool.path)/filler" }

  init() throws {
    gateway = try GatewaySpool()
    _ = try run("rm", ["-r", gateway.spool.path])
    _ = try run("mkdir", [gateway.spool.path])
    let mounted = try run("mount", ["-t", "tmpfs", "-o", "size=2m,mode=700", "none", gateway.spool.path])
    guard mounted.status == 0 else { try Requirements.lacks("the right to mount") }
    try gateway.configure("gateway = exec \(toolFolder)/msg-pay --spool \(gateway.bank) gateway\ngateway.default.timeout = 4000")
  }

  private func unmount() { #expect((try? run("umount", ["-l", gateway.spool.path]).status) == 0) }

  /// Takes all room but some pages; the files that every send goes through are there by then.
  private func fill(leaving pages: Int) throws {
    _ = try run("sh", ["-c", "cat /dev/zero > '\(filler)'"])
    #expect(try run("truncate", ["-s", "-\(pages * 4)K", filler]).status == 0)
  }

  /// Breaks when a call whose answer has no room is made, when that is told as anything but what it is, or when money is not right
  /// after it.
  @Test func aCallIsNotMadeWhoseAnswerHasNoRoom() throws {
    defer { unmount() }
    #expect(try gateway.send("bob", "before").status == 0)
    var delivered = 1
    var causes: [String] = []
    for pages in 0..<8 {
      try fill(leaving: pages)
      let sent = try gateway.send("bob", "hi")
      #expect(sent.status == 0 || sent.status == 74 && sent.errors.contains("No space left"), "\(pages) pages: \(sent)")
      causes.append(sent.errors)
      _ = try run("rm", [filler])
      try gateway.recover()
      delivered += sent.status == 0 ? 1 : 0
      try gateway.expectSettled(delivered: delivered)
    }
    #expect(causes.contains { $0.contains("pay/attempt") } && causes.contains(""), "\(causes)")
  }

  /// Breaks when a refund that there is no room for is told as if the gateway had not answered, or is made twice.
  @Test func aRefundWithoutRoomIsMadeLater() throws {
    defer { unmount() }
    let id = try #require(try gateway.send("--print-id", "bob", "before").lines.first)
    try fill(leaving: 0)
    let refused = try gateway.pay("refund", id)
    #expect(refused.status == 74 && refused.errors.contains("No space left"), "\(refused)")
    _ = try run("rm", [filler])
    #expect(try gateway.pay("refund", id).status == 0)
    #expect(try gateway.charged() == 0 && gateway.pay("verify").status == 0)
  }

  /// On a file system that reserves nothing the disk may be full when the answer comes. Breaks when that is not said.
  @Test func anAnswerThatCannotBeKeptIsInDoubt() throws {
    defer { unmount() }
    #expect(try gateway.send("bob", "before").status == 0)
    var causes: [String] = []
    for pages in 0..<8 {
      try fill(leaving: pages)
      let tool = ["\(toolFolder)/msg-send", "bob", "hi"]
      let sent = try run(
        "strace", ["-f", "-qq", "-o", "/dev/null", "-e", "trace=fallocate", "-e", "inject=fallocate:error=EOPNOTSUPP"] + tool,
        environment: ["MSG_SPOOL": gateway.spool.path, "MSG_USER": "alice"])
      causes.append(sent.errors)
      _ = try run("rm", [filler])
      try gateway.recover()
    }
    #expect(causes.contains { $0.contains("its answer could not be kept: No space left on device") }, "\(causes)")
    let count = gateway.delivered()
    try gateway.expectSettled(delivered: count)
  }
}
