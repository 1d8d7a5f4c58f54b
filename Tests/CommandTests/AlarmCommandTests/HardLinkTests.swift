import TestSupport
import Testing

/// A file in the spool that has another name outside of it.
@Suite struct HardLinkTests {
  /// Breaks when the daemon writes its process id through the link.
  @Test func theLockWritesNothingOutsideTheSpool() throws {
    let spool = TestSpool()
    #expect(try spool.run("msg-send", ["bob", "hi"]).status == 0)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    try spool.folder.write("diary", "a long text of somebody else\n")
    try command("ln", ["-f", spool.folder.file("diary"), spool.folder.file("spool/alarms/pid")])
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 0)
    #expect(try spool.folder.read("diary") == "a long text of somebody else\n")
    #expect(try spool.folder.read("spool/alarms/pid").split(separator: "\n").first.flatMap { Int($0) } != nil)
  }
}
