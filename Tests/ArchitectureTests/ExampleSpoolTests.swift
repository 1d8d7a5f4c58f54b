import TestSupport
import Testing

/// `spool-example/` is a real spool, and works as a clone leaves it: without empty folders, with ordinary modes.
@Suite struct ExampleSpoolTests {
  private let folder = TemporaryFolder()

  /// A copy as git would check it out.
  private func clone() throws -> String {
    let path = folder.file("spool-example")
    let copied = try run("cp", ["-r", "\(Repository.path)/spool-example", path])
    try #require(copied.status == 0, "\(copied)")
    _ = try run("find", [path, "-type", "d", "-empty", "-delete"])
    return path
  }

  private func fingerprint(_ path: String) throws -> String {
    try run("sh", ["-c", "cd '\(path)' && find . | sort && find . -type f -exec sha256sum {} + | sort"]).output
  }

  /// The commands of the README. Breaks when the format changes without a new example.
  @Test func worksStraightFromAClone() throws {
    let path = try clone()
    let before = try fingerprint(path)
    let verified = try run("msg-pay", ["verify", "--spool", path])
    #expect(verified.status == 0 && verified.output.isEmpty && verified.errors.isEmpty, "\(verified)")
    let listed = try run("msg-read", ["--spool", path, "--user", "bob", "--peek"])
    #expect(listed.status == 0 && listed.output.contains("늘 가던 곳에서요") && listed.output.contains("Release on Friday"), "\(listed)")
    let shown = try run("msg-read", ["--spool", path, "--user", "bob", "--peek", "1"])
    #expect(shown.status == 0 && shown.output.contains("저녁 7시에 만나요"), "\(shown)")
    #expect(try run("msg-pay", ["--spool", path, "balance", "alice"]).output == "139\n")
    #expect(try run("msg-alarmd", ["--spool", path, "check"]).output.contains("log"))
    #expect(try fingerprint(path) == before, "reading changed the example")
  }

  /// One can go on from it.
  @Test func takesANewMessage() throws {
    let path = try clone()
    _ = try run("chmod", ["go-w", path])
    #expect(try run("msg-send", ["--spool", path, "--from", "bob", "team", "좋아요"]).status == 0)
    #expect(try run("msg-read", ["--spool", path, "--user", "junseong", "--count"]).output == "3\n")
    #expect(try run("msg-pay", ["--spool", path, "balance", "bob"]).output == "96\n")
    #expect(try run("msg-pay", ["--spool", path, "verify"]).status == 0)
  }
}
