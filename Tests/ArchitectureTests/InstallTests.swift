import TestSupport
import Testing

/// What `make install` puts where, with the built tools in the place of the release.
@Suite struct InstallTests {
  private let folder = TemporaryFolder()
  private var share: String { folder.file("to/opt/msgspool/share") }

  private func make(_ target: String, _ more: [String] = []) throws -> ToolRun {
    try run("make", ["-C", Repository.path, target, "DESTDIR=\(folder.file("to"))", "PREFIX=/opt/msgspool"] + more)
  }

  private func install() throws {
    let outcome = try make("install", ["RELEASE=\(toolFolder)"])
    try #require(outcome.status == 0, "\(outcome)")
  }

  private func installed(_ arguments: [String] = ["-type", "f", "-printf", "%m %P\n"]) throws -> [String] {
    try run("find", [folder.file("to/opt/msgspool")] + arguments).lines
  }

  /// Breaks when something that the manual tells of is not installed, or with the wrong rights.
  @Test func everythingIsThere() throws {
    try install()
    let found = try installed()
    let hooks = Repository.files(below: "spool-example/alarms/available").compactMap { $0.split(separator: "/").last }
    for expected in [
      "755 bin/msg-alarmd", "644 share/man/man1/msg-send.1", "644 share/man/man5/msgspool.5", "644 share/man/man8/msg-alarmd.8",
    ]
      + ["644 share/man/ko/man1/msg-send.1", "644 share/man/ko/man8/msg-alarmd.8"]
      + hooks.map({ "\($0.hasSuffix(".conf") ? "644" : "755") share/msgspool/hooks/\($0)" })
      + ["cron/msgspool", "systemd/user/msg-alarmd.service", "systemd/system/msg-send-flush.timer", "config", "aliases"]
      .map({ "644 share/msgspool/\($0)" }) + ["755 share/msgspool/gateways/http", "644 share/msgspool/gateways/http.conf"]
    {
      #expect(found.contains(expected), "\(expected)")
    }
    // Pages and units speak of the place they are in; what hooks find on their PATH does not change.
    let places = try run("grep", ["-rhoE", "/(usr/local|opt/msgspool)/(share|bin)[:a-z/]*", "\(share)/man", "\(share)/msgspool"]).lines
    #expect(Set(places.filter { $0.hasPrefix("/usr/local") }) == ["/usr/local/bin:/usr/bin:/bin"])
    #expect(places.contains("/opt/msgspool/bin/msg-alarmd") || places.contains("/opt/msgspool/bin/msg"))
    #expect(places.contains("/opt/msgspool/share/msgspool/hooks"))
  }

  /// The manual's way: an installed hook is switched on by a link.
  @Test func anInstalledHookIsSwitchedOnByALink() throws {
    try install()
    let spool = TestSpool(environment: ["HOME": folder.path])
    #expect(try spool.run("msg-send", ["bob", "저녁 7시에 만나요"]).status == 0)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    _ = try run("ln", ["-s", "\(share)/msgspool/hooks/log", spool.folder.file("spool/alarms/hooks/")])
    let check = try spool.run("msg-alarmd", ["check"])
    #expect(check.status == 0 && check.output == "log: runs\n", "\(check)")
    #expect(try spool.run("msg-send", ["bob", "늘 가던 곳에서요"]).status == 0)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    #expect(try folder.read("msg-alarms.log").contains("arrived for bob: 늘 가던 곳에서요"))
  }

  /// The programs are those that were built, without their symbols.
  @Test func theProgramsAreStripped() throws {
    try install()
    let program = folder.file("to/opt/msgspool/bin/msg-send")
    #expect(try run(program, ["--version"]).output == run("\(toolFolder)/msg-send", ["--version"]).output)
    #expect(!(try run("readelf", ["--sections", "--wide", program]).output.contains(" .symtab ")))
  }

  /// Breaks when `make install` builds: as root it would leave files in somebody's checkout that they cannot remove.
  @Test func nothingIsBuiltByInstalling() throws {
    let outcome = try make("install", ["RELEASE=\(folder.file("empty"))"])
    #expect(outcome.status != 0 && outcome.errors.contains("run 'make' first, as yourself"), "\(outcome)")
    #expect(try run("find", [folder.file("to"), "-type", "f"]).output.isEmpty)
  }

  /// What was there before stays, and so does what others have put into our folders.
  @Test func removedIsExactlyWhatWasInstalled() throws {
    let mine = "to/opt/msgspool/share/man/man1/mine.1"
    _ = try run("install", ["-D", "/dev/null", folder.file(mine)])
    try install()
    _ = try run("install", ["-D", "/dev/null", folder.file("to/opt/msgspool/share/msgspool/hooks/mine")])
    #expect(try make("uninstall").status == 0)
    #expect(try installed(["-type", "f", "-printf", "%P\n"]).sorted() == ["share/man/man1/mine.1", "share/msgspool/hooks/mine"])
    #expect(try installed(["-type", "d", "-empty"]).isEmpty)
    let again = try make("uninstall")
    #expect(again.status != 0 && again.errors.contains("nothing to remove"), "\(again)")
  }

  /// A file that this version has no more goes with the version before.
  @Test func whatAnEarlierVersionHadIsRemoved() throws {
    try install()
    let list = folder.file("to/opt/msgspool/share/msgspool/installed")
    let gone = "share/msgspool/hooks/of-before"
    _ = try run("install", ["-D", "/dev/null", folder.file("to/opt/msgspool/\(gone)")])
    try folder.write("to/opt/msgspool/share/msgspool/installed", run("cat", [list]).output + "f /opt/msgspool/\(gone)\n")
    try install()
    #expect(!(try installed().contains { $0.hasSuffix(gone) }))
  }
}
