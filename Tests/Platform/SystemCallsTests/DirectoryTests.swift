import SystemCalls
import TestSupport
import Testing

/// Files and folders as the spool uses them, on a real file system.
@Suite struct DirectoryTests {
  private let folder = TemporaryFolder()
  private func root() throws -> Directory { try Directory(opening: folder.path) }

  /// No component of a path below an open folder may be a link, and none may lead out (invariant 8).
  @Test func nothingLeadsOutside() throws {
    let root = try root()
    _ = try run("ln", ["-s", "/etc", folder.file("link")])
    for (path, code) in [("link", Errno.loop), ("link/passwd", .loop), ("../x", .leavesDirectory), ("/etc/passwd", .leavesDirectory)] {
      #expect { _ = try root.open(path, .read) } throws: { ($0 as? SystemError)?.code == code }
    }
  }

  /// A file goes back and forth between two folders while it is opened in one of them. Breaks when a file that is moved away at the wrong
  /// moment is taken for one that leads outside: seen once in some hundred thousand looks, or once in four hundred, as the kernel likes.
  @Test func whatMovesAwayIsGone() throws {
    let root = try root()
    for name in ["here", "there"] { _ = try root.makeDirectory(name) }
    try folder.write("here/x", "")
    let mover = try BackgroundProcess(
      "python3",
      ["-c", "import os\nos.chdir('\(folder.path)')\nwhile True: os.rename('here/x', 'there/x'); os.rename('there/x', 'here/x')"])
    let here = try root.directory("here")
    var (found, gone) = (0, 0)
    for _ in 0..<400_000 {
      do throws(SystemError) {
        _ = try here.open("x", .read)
        found += 1
      } catch {
        #expect(error.code == .noEntry, "\(error)")
        gone += 1
        if error.code != .noEntry { break }
      }
    }
    withExtendedLifetime(mover) {}
    #expect(found > 0 && gone > 0)
  }

  @Test func exclusiveNamesAreExclusive() throws {
    let root = try root()
    try folder.write("a", "1")
    try folder.write("b", "2")
    #expect { try root.rename("a", to: root, exclusively: "b") } throws: { ($0 as? SystemError)?.code == .exists }
    #expect { try root.link("a", to: root, as: "b") } throws: { ($0 as? SystemError)?.code == .exists }
    #expect(try folder.read("a") == "1" && folder.read("b") == "2")
  }

  @Test func contentsAreBounded() throws {
    try folder.write("a", "12345")
    let root = try root()
    #expect(try root.contents(of: "a", limit: 5)?.count == 5)
    #expect(throws: SystemError.self) { try root.contents(of: "a", limit: 4) }
    #expect(try root.contents(of: "b") == nil)
  }

  /// Opening a FIFO in the place of a file must not wait for a writer.
  @Test func aFifoDoesNotBlock() throws {
    _ = try run("mkfifo", [folder.file("fifo")])
    let file = try root().open("fifo", .read)
    #expect(try file.status().kind == .other)
  }

  @Test func listsWhatIsThere() throws {
    for name in ["a", "한글", ".h", "x\ny"] { try folder.write(name, "") }
    let listing = try root().list()
    #expect(Set(listing.entries.map(\.name)).isSuperset(of: ["a", "한글", ".h", "x\ny"]))
    #expect(try root().list(limit: 2).entries.count == 2)
  }

  @Test func undecodableNamesAreCounted() throws {
    _ = try run("sh", ["-c", "cd '\(folder.path)' && touch \"$(printf 'bad\\377')\" good"])
    let listing = try root().list()
    #expect(listing.entries.map(\.name) == ["good"] && listing.undecodable == 1)
  }

  /// /proc has no size, as CephFS has none without a manager. Breaks when that is taken for a full disk.
  @Test func anUnknownSizeIsNoFullDisk() throws {
    #expect(try Directory(opening: "/proc").freeBytes() == nil)
    #expect(try root().freeBytes() ?? 0 > 0)
  }
}
