import DurableFiles
import SystemCalls
import TestSupport
import Testing

/// The protocol by which a file gets its name.
@Suite struct TemporaryFileTests {
  private let folder = TemporaryFolder()
  private func root() throws -> Directory { try Directory(opening: folder.path) }

  /// A temporary file that is not published leaves nothing behind.
  @Test func anUnpublishedFileIsRemoved() throws {
    let root = try root()
    do {
      let file = try TemporaryFile(in: root, name: "t")
      try file.write([1, 2, 3])
      #expect(folder.names(in: "") == ["t"])
    }
    #expect(folder.names(in: "").isEmpty)
  }

  /// What has the name stays as it is, and the new file is not left lying about.
  @Test func aNameThatIsTakenIsRefused() throws {
    let root = try root()
    try folder.write("name", "old")
    do {
      let file = try TemporaryFile(in: root, name: "t")
      try file.write(Array("new".utf8))
      #expect { try file.publish(in: root, as: "name") } throws: { ($0 as? SystemError)?.code == .exists }
    }
    #expect(try folder.names(in: "") == ["name"] && folder.read("name") == "old")
  }

  /// Breaks when a reader could see a part: the new content has the name at once and whole, and an open file keeps the old one.
  @Test func replacingLeavesOpenReadersTheirContent() throws {
    let root = try root()
    try folder.write("name", "old")
    let reader = try root.open("name", .read)
    let file = try TemporaryFile(in: root, name: "t")
    try file.write(Array("new".utf8))
    try file.publish(in: root, replacing: "name")
    #expect(try reader.read(upTo: 10) == Array("old".utf8))
    #expect(try folder.read("name") == "new" && folder.names(in: "") == ["name"])
  }
}
