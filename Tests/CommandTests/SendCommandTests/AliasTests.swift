import JSONText
import TestSupport
import Testing

/// The aliases of a spool as people write them.
@Suite struct AliasTests {
  private let spool = TestSpool()

  private func recipients(_ aliases: String, _ word: String) throws -> [String]? {
    try spool.folder.write("spool/aliases", aliases)
    let outcome = try spool.run("msg-send", ["--dry-run", "--json", word, "hi"])
    guard outcome.status == 0 else { return nil }
    return try JSONValue(parsing: outcome.output)["to"]?.array?.compactMap(\.string)
  }

  @Test(arguments: [
    ("team: bob, carol", "team", ["bob", "carol"]), ("\u{feff}team: bob\r\n", "team", ["bob"]),
    ("team:bob,carol # both", "team", ["bob", "carol"]),
    ("a:b: carol", "a:b", ["carol"]), ("# x\n\n한준성 : junseong", "한준성", ["junseong"]), ("team: bob", "other", ["other"]),
  ])
  func areRead(aliases: String, word: String, names: [String]) throws {
    #expect(try recipients(aliases, word) == names)
  }

  @Test(arguments: [
    "team bob", "team:", ": bob", "a/b: bob", "a,b: bob", "team: bob carol", "team: bob,,carol", "a: b\na: c", "x\u{1}: bob",
  ])
  func faultsAreNamedWithTheirLine(aliases: String) throws {
    try spool.folder.write("spool/aliases", aliases)
    let outcome = try spool.run("msg-send", ["bob", "hi"])
    #expect(outcome.status == 78 && outcome.errors.contains("aliases:"), "\(outcome)")
    #expect(spool.messages(of: "bob").isEmpty)
  }
}
