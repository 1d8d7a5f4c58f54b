import TestSupport
import Testing

/// A spool on a small ext4 file system without room, mounted from a file, so these tests need to be root.
@Suite(.serialized) struct FullDiskSendTests {
  private let spool = TestSpool()

  init() throws {
    let image = spool.folder.file("image")
    let made = try run(
      "sh",
      [
        "-c",
        """
        truncate -s 2M "$0" && mkfs.ext4 -q -m 0 -b 1024 -N 512 "$0" && mkdir "$1" && mount -o loop "$0" "$1" && chmod 700 "$1" \
          && mv "$1/lost+found" "$1/tmp"
        """, image, spool.path,
      ])
    guard made.status == 0 else {
      try Requirements.lacks("the right to mount, loop devices or mkfs.ext4")
    }
  }

  /// Takes all room but some blocks of 1 KiB.
  private func fill(leaving blocks: Int) throws {
    // What was removed is free once the journal is written.
    _ = try run(
      "sh", ["-c", "cd \"$0\" && for i in 1 2 3; do sync -f . && dd if=/dev/zero bs=1k >> tmp/filler; done; sync -f .", spool.path])
    #expect(try run("truncate", ["-s", "-\(blocks)K", "\(spool.path)/tmp/filler"]).status == 0)
  }

  private func makeRoom() throws { #expect(try run("rm", ["\(spool.path)/tmp/filler"]).status == 0) }

  private func balance() throws -> String { try spool.run("msg-pay", ["balance", "alice"]).output }

  /// The first message to a new recipient, at each fill level. Breaks when the folder that giving back needs is made
  /// only after the charge.
  @Test(arguments: [[], ["--queue"]]) func theFirstMessageToANewRecipient(options: [String]) throws {
    defer { #expect((try? run("umount", ["-l", spool.path]).status) == 0) }
    #expect(try spool.run("msg-send", ["zoe", "before"]).status == 0)
    var paid = 1
    var refused = 0
    for round in 0..<40 {
      let blocks = round % 20
      try fill(leaving: blocks)
      let sent = try spool.run("msg-send", options + ["--id", "key \(round)", "new\(round)", "secret"])
      #expect([0, 74].contains(sent.status), "\(blocks) blocks: \(sent)")
      if sent.status == 0 { paid += 1 } else { refused += 1 }
      func expectTrue(_ when: String) throws {
        let delivered = spool.messages(of: "new\(round)").count
        if sent.status != 0 || options.isEmpty || when == "later" {
          #expect(delivered == (sent.status == 0 ? 1 : 0), "\(when), \(blocks) blocks: \(sent)")
          // Where there is no room for the record of the reversal, that it will be made is durable, and the next command with room makes it.
          let isGivingBack = when == "now" && sent.status != 0 && !spool.folder.names(in: "spool/voiding").isEmpty
          #expect(try isGivingBack || balance() == "\(100 - paid)\n", "\(when), \(blocks) blocks: \(sent)")
        }
      }
      try expectTrue("now")
      try makeRoom()
      let flushed = try spool.run("msg-send", ["--flush", "--all"])
      #expect(flushed.status == 0, "\(flushed)")
      try expectTrue("later")
    }
    #expect((refused > 5 || !options.isEmpty) && paid > 5, "\(refused) refused, \(paid) paid")
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }
}
