import TestSupport
import Testing

/// What `make install` puts where, with the built tools in the place of the release.
@Suite struct InstallTests {
  private let folder = TemporaryFolder()
  private var share: String { folder.file("to/opt/msgspool/share") }

  private func install() throws {
    let outcome = try run(
      "make",
      ["-C", Repository.path, "-o", "release", "install", "DESTDIR=\(folder.file("to"))", "PREFIX=/opt/msgspool", "RELEASE=\(toolFolder)"])
    try #require(outcome.status == 0, "\(outcome)")
  }

  /// Breaks when something that the manual tells of is not installed, or with the wrong rights.
  @Test func everythingIsThere() throws {
    try install()
    let found = try run("find", [folder.file("to/opt/msgspool"), "-type", "f", "-printf", "%m %P\n"]).lines
    let hooks = Repository.files(below: "spool-example/alarms/available").compactMap { $0.split(separator: "/").last }
    for expected in ["755 bin/msg-alarmd", "644 share/man/man1/msg-send.1", "644 share/man/man5/msgspool.5"]
      + hooks.map({ "\($0.hasSuffix(".conf") ? "644" : "755") share/msgspool/hooks/\($0)" })
      + ["cron/msgspool", "systemd/user/msg-alarmd.service", "systemd/system/msg-send-flush.timer"].map({ "644 share/msgspool/\($0)" })
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
}
