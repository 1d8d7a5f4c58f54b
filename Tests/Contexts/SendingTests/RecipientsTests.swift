import Sending
import SharedKernel
import Testing

/// Aliases and names. Each row breaks when its rule is left out of `AddressBook`.
@Suite struct RecipientsTests {
  private let book = AddressBook([
    "한준성": .init(targets: ["junseong"], place: "aliases:1"),
    "team": .init(targets: ["alice", "bob", "한준성"], place: "aliases:2"),
    "all": .init(targets: ["team", "carol", "bob"], place: "aliases:3"),
    "bob": .init(targets: ["bob2"], place: "aliases:4"),
    "loop": .init(targets: ["pool"], place: "aliases:5"),
    "pool": .init(targets: ["loop"], place: "aliases:6"),
    "broken": .init(targets: ["a/b"], place: "aliases:7"),
  ])

  @Test(arguments: [
    ("alice", ["alice"]), ("alice,carol", ["alice", "carol"]), ("alice,alice", ["alice"]), ("한준성", ["junseong"]),
    ("team", ["alice", "bob2", "junseong"]), ("all", ["alice", "bob2", "junseong", "carol"]),
    ("alice, team", ["alice", "bob2", "junseong"]),
    ("+821012345678", ["+821012345678"]), ("01012345678", ["01012345678"]),
  ])
  func resolves(list: String, names: [String]) throws {
    #expect(try book.recipients(of: list).map(\.text) == names)
  }

  @Test(arguments: ["", "alice,", ",alice", "../x", "a/b", "a b", "a\nb", ".hidden", "-x", String(repeating: "a", count: 65), "한글"])
  func refusesWhatIsNoName(list: String) {
    #expect { try book.recipients(of: list) } throws: { ($0 as? Failure)?.kind == .usage }
  }

  @Test(arguments: ["loop", "pool", "broken"])
  func refusesBrokenAliasesAsConfiguration(list: String) {
    #expect { try book.recipients(of: list) } throws: { ($0 as? Failure)?.kind == .configuration }
  }
}
