import SystemCalls
import TestSupport
import Testing

/// The table of mounts, parts of which other users choose.
@Suite struct MountTableTests {
  private func entry(_ text: String, _ device: (major: UInt32, minor: UInt32) = (0, 39)) -> MountEntry? {
    MountEntry.find(device: device, in: Array(text.utf8))
  }

  @Test func aLineIsFoundByItsDevice() throws {
    let table = """
      27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
      46 27 0:39 / /mnt/a\\040b rw,noexec,nosuid master:1 propagate_from:2 - fuse.sshfs me@host:/x\\134y rw,user_id=0,allow_other
      47 27 0:390 / /mnt/c rw - nfs4 host:/ rw,vers=4.2

      """
    let found = try #require(entry(table))
    #expect(found.mountPoint == "/mnt/a b" && found.source == "me@host:/x\\y" && found.type == "fuse.sshfs")
    #expect(found.options == ["allow_other", "rw", "user_id=0"])
    #expect(entry(table, (254, 0))?.type == "ext4" && entry(table, (0, 3)) == nil)
  }

  /// Breaks when a line of another form ends the process, hides the others, or is taken for one.
  @Test(arguments: [
    "", "\n\n", "- - -", "46 27 0:39", "46 27 0:39 / /m rw", "46 27 0:39 / /m rw shared:1 ext4 x y z", "46 27 0:39 / /m rw a b c d - ext4",
    "46 27 0:39 / - - ext4 /dev/x rw", "46 27 0:39 / /m rw x - ext4 /dev/x",
  ])
  func otherLinesArePassedOver(line: String) {
    #expect(entry(line) == nil)
    #expect(entry("\(line)\n46 27 0:39 / /m rw - xfs /dev/x rw\n")?.type == "xfs")
  }

  @Test func escapesThatAreNone() {
    let found = entry("1 2 0:39 / /m\\9\\40\\400\\ rw - a\\012b \u{fffd}\\1 rw")
    #expect(found?.mountPoint == "/m\\9\\40\\400\\" && found?.type == "a\nb" && found?.source == "\u{fffd}\\1")
  }

  /// Breaks when a byte sequence exists that ends the process.
  @Test func anyBytes() {
    var random = SystemRandomNumberGenerator()
    let bytes = Array("0:39 -\\/\n,".utf8) + [0, 255]
    for _ in 0..<20_000 {
      let table = Array("1 2 0:39 ".utf8) + (0..<60).map { _ in bytes[Int.random(in: 0..<bytes.count, using: &random)] }
      _ = MountEntry.find(device: (0, 39), in: table)
    }
  }

  @Test func theRootOfThisMachineIsThere() throws {
    #expect(try Directory(opening: "/proc").mount()?.type == "proc")
  }
}
