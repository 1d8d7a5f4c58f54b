import DurableFiles
import SystemCalls
import TestSupport
import Testing

/// The protocol by which a directory is made; the crash tests kill at each of its steps.
@Suite struct DirectoryTreeTests {
  private let folder = TemporaryFolder()
  private func root() throws -> Directory { try Directory(opening: folder.path) }
  private func mode(_ path: String) throws -> UInt32? { try root().status(of: path)?.mode }

  @Test func makesWhatIsMissing() throws {
    let made = try root().ensureDirectory("a/b/c", mode: 0o750)
    #expect(try made.descriptor.status().identity == root().status(of: "a/b/c")?.identity)
    for path in ["a", "a/b", "a/b/c"] { #expect(try mode(path) == 0o750, "\(path)") }
  }

  /// A maker that died left the sticky bit; whoever comes next settles the directory and all above it.
  @Test func settlesWhatADeadMakerLeft() throws {
    let root = try root()
    _ = try root.makeDirectory("a", mode: 0o1700)
    _ = try root.makeDirectory("a/b", mode: 0o1700)
    #expect(try !root.directory("a/b").isSettled)
    #expect(try root.ensureDirectory("a/b", mode: 0o700).isSettled)
    for path in ["a", "a/b"] { #expect(try mode(path) == 0o700, "\(path)") }
  }

  /// A directory that a person has made, with a mode of its own, is used as it is.
  @Test func leavesOthersModesAlone() throws {
    _ = try root().makeDirectory("a", mode: 0o755)
    _ = try root().ensureDirectory("a/b", mode: 0o700)
    #expect(try mode("a") == 0o755)
  }

  @Test func aFileInTheWayIsAnError() throws {
    try folder.write("a", "")
    #expect { _ = try root().ensureDirectory("a/b") } throws: { ($0 as? SystemError)?.code == .notDirectory }
  }
}
