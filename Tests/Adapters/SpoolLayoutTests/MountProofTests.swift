import SharedKernel
import SpoolLayout
import SystemCalls
import Testing

/// What is kept of mounts that were tested.
@Suite struct MountProofTests {
  private func kind(_ type: String, _ options: String) throws -> MountKind {
    try #require(MountEntry.find(device: (0, 39), in: Array("1 2 0:39 / /m rw,relatime - \(type) host:/x \(options)".utf8))).kind
  }

  @Test func aProofIsForItsOptionsAlone() throws {
    let (proven, other) = (try kind("nfs4", "rw,noac,addr=10.0.0.1"), try kind("nfs4", "rw,addr=10.0.0.1"))
    var proofs = MountProofs()
    proofs.record([proven], at: Timestamp(seconds: 0))
    #expect(proofs.contains(proven) && !proofs.contains(other))
    #expect(proofs.contains(try kind("nfs4", "noac,rw,addr=10.0.0.2,clientaddr=10.0.0.3")), "each host has its own addresses")
    #expect(MountProofs(parsing: proofs.text) == proofs)
    proofs.withdraw([proven])
    #expect(proofs == MountProofs())
  }

  @Test func whatIsWrittenIsRead() throws {
    var proofs = MountProofs()
    let kinds = try ["fuse.a\\040b", "fuse"].map { try kind($0, "rw,user_id=0") }
    for number in 0..<100 { proofs.record([try kind("fuse", "opt=\(number)")], at: Timestamp(seconds: 0)) }
    proofs.record(Set(kinds), at: Timestamp(seconds: 1))
    let read = MountProofs(parsing: proofs.text)
    #expect(read == proofs && kinds.allSatisfy(read.contains))
    #expect(try !read.contains(kind("fuse", "opt=1")) && read.contains(kind("fuse", "opt=99")), "the oldest go")
    #expect(MountProofs(parsing: "\u{feff}a b\n\nx y z w\n\0\n") == MountProofs())
  }

  @Test(arguments: [
    ("nfs", "rw,nolock,vers=3", "nolock"), ("nfs4", "rw,local_lock=posix", "local_lock=posix"),
    ("nfs", "rw,local_lock=all", "local_lock=all"),
    ("nfs4", "rw,local_lock=none", nil), ("cifs", "rw,nobrl", "nobrl"), ("lustre", "rw,localflock", "localflock"),
    ("nfs4", "rw,nolocks", nil),
  ])
  func locksOfOneHost(type: String, options: String, refused: String?) throws {
    #expect(try kind(type, options).optionWithLocalLocks == refused)
  }
}
