import TestSupport
import Testing

/// A spool on a network file system, for which FUSE mounts of a local folder stand in.
@Suite struct MountTests {
  private let spool = TestSpool()

  init() throws { try command("mkdir", ["-m", "700", spool.path]) }

  private func send(on path: String) throws -> ToolRun { try spool.run("msg-send", ["bob", "hi"], environment: ["MSG_SPOOL": path]) }

  private func verify(_ path: String, _ other: String) throws -> ToolRun {
    try spool.run("msg-pay", ["verify", "--mounts", other], environment: ["MSG_SPOOL": path])
  }

  /// Breaks when an untested mount is written to, a tested one is refused, or one without `hosts = many` is not.
  @Test func aMountIsTestedBeforeItIsWrittenTo() throws {
    let (mount, other) = (try FUSEMount(of: spool.path), try FUSEMount(of: spool.path))
    let refused = try send(on: mount.path)
    #expect(refused.status == 78 && refused.errors.contains("verify --mounts") && refused.errors.contains("hosts = many"), "\(refused)")
    #expect(spool.folder.names(in: "spool").isEmpty)
    let tested = try verify(mount.path, other.path)
    #expect(tested.status == 0 && tested.output.isEmpty, "\(tested)")
    let alone = try send(on: mount.path)
    #expect(alone.status == 78 && alone.errors.contains("hosts = many") && !alone.errors.contains("verify"), "\(alone)")
    try spool.folder.write("spool/config", "hosts = many\n")
    for path in [mount.path, other.path, spool.path] { #expect(try send(on: path).status == 0) }
    #expect(try spool.run("msg-read", ["--count"], user: "bob", environment: ["MSG_SPOOL": other.path]).output == "3\n")
    #expect(spool.folder.names(in: "spool/tmp").isEmpty)
  }

  /// Breaks when a spool on an untested mount cannot be read, or is changed by looking.
  @Test func anUntestedMountIsRead() throws {
    #expect(try send(on: spool.path).status == 0)
    let mount = try FUSEMount(of: spool.path, options: [])
    let environment = ["MSG_SPOOL": mount.path]
    #expect(try spool.run("msg-read", ["--count"], user: "bob", environment: environment).output == "1\n")
    #expect(try spool.run("msg-read", ["--peek", "--body", "1"], user: "bob", environment: environment).output == "hi\n")
    #expect(try spool.run("msg-pay", ["balance", "alice"], environment: environment).output == "99\n")
    #expect(try spool.run("msg-pay", ["verify"], environment: environment).status == 0)
    for words in [["topup", "alice", "1"], ["charge", "alice", "1", "--id", "k"], ["repair"]] {
      #expect(try spool.run("msg-pay", words, environment: environment).status == 78, "\(words)")
    }
    #expect(try spool.run("msg-alarmd", ["--once"], environment: environment).status == 78)
  }

  /// Mounts that cache, or keep their locks to themselves. Breaks when one of them passes.
  @Test(arguments: [
    (["--enable-lock-forwarding", "--multithreaded", "-o", "attr_timeout=60,entry_timeout=60,negative_timeout=60,intr"], "stale"),
    (
      ["--enable-lock-forwarding", "--multithreaded", "-o", "attr_timeout=0,entry_timeout=0,kernel_cache,intr"],
      "overwritten bytes are stale"
    ),
    (["--multithreaded", "-o", "attr_timeout=0,entry_timeout=0,direct_io,intr"], "a second time"),
    (["--enable-lock-forwarding", "--multithreaded", "-o", "attr_timeout=0,entry_timeout=0,direct_io"], "does not end in time"),
  ])
  func anIncoherentMountFails(options: [String], complaint: String) throws {
    let (mount, other) = (try FUSEMount(of: spool.path, options: options), try FUSEMount(of: spool.path, options: options))
    try spool.folder.write("spool/config", "hosts = many\n")
    let tested = try verify(mount.path, other.path)
    #expect(tested.status == 65 && tested.output.contains(complaint), "\(tested)")
    #expect(try send(on: mount.path).status == 78)
  }

  /// Breaks when a proof stays that a later test has refuted, or an option is not noticed.
  @Test func aFailedTestTakesTheProofBack() throws {
    let (mount, other) = (try FUSEMount(of: spool.path), try FUSEMount(of: spool.path))
    try spool.folder.write("spool/config", "hosts = many\n")
    #expect(try verify(mount.path, other.path).status == 0)
    let limited = try FUSEMount(of: spool.path, options: FUSEMount.coherent + ["-o", "max_read=65536"])
    let refused = try send(on: limited.path)
    #expect(refused.status == 78 && refused.errors.contains("max_read=65536"), "\(refused)")
    let incoherent = try FUSEMount(of: spool.path, options: ["-o", "attr_timeout=60"])
    #expect(try verify(mount.path, incoherent.path).status == 65)
    #expect(try send(on: mount.path).status == 78)
  }

  @Test func whatIsNoOtherMount() throws {
    let mount = try FUSEMount(of: spool.path)
    let same = try verify(mount.path, mount.path)
    #expect(same.status == 64 && same.errors.contains("the same mount"), "\(same)")
    let elsewhere = TemporaryFolder()
    let different = try verify(mount.path, elsewhere.path)
    #expect(different.status == 65 && different.output.contains("not the same folder"), "\(different)")
    #expect(try verify(mount.path, "/nowhere").status == 66)
    let local = try verify(spool.path, elsewhere.path)
    #expect(local.status == 0 && local.errors.contains("local file system"), "\(local)")
  }

  /// Breaks when a local spool pays for this with more than one call, or reads the table of mounts.
  @Test func aLocalSpoolAsksOnce() throws {
    #expect(try send(on: spool.path).status == 0)
    let trace = spool.folder.file("trace")
    let traced = try run(
      "strace", ["-f", "-e", "trace=fstatfs,statfs,openat,openat2", "-o", trace, "\(toolFolder)/msg-send", "bob", "hi"],
      environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice"])
    #expect(traced.status == 0, "\(traced)")
    let calls = try spool.folder.read("trace")
    #expect(calls.split(separator: "\n").count { $0.contains("statfs(") } == 1 && !calls.contains("mountinfo"), "\(calls)")
  }

  /// Breaks when a mount whose options cannot be known is taken for a good one.
  @Test func withoutTheTableOfMountsItIsRefused() throws {
    let mount = try FUSEMount(of: spool.path)
    let script = "mount --bind /dev/null /proc/$$/mountinfo || exit 99; exec \"$0\" bob hi"
    let hidden = try run(
      "unshare", ["-m", "sh", "-c", script, "\(toolFolder)/msg-send"], environment: ["MSG_SPOOL": mount.path, "MSG_USER": "alice"])
    guard hidden.status != 99 else { try Requirements.lacks("the right to hide /proc/self/mountinfo") }
    #expect(hidden.status == 78 && hidden.errors.contains("/proc/self/mountinfo"), "\(hidden)")
  }
}
