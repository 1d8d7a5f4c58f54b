import Testing

@testable import SharedKernel

@Suite struct NameDistanceTests {
  @Test(arguments: [
    ("bbo", "bob", true), ("bo", "bob", true), ("bobb", "bob", true), ("rob", "bob", true), ("Bob", "bob", true), ("BOB", "bob", true),
    ("bob", "bob", false), ("alice", "bob", false), ("user1", "user2", false), ("user1", "user11", false), ("user1", "usera", true),
    ("01012345678", "01012345679", false), ("abcd", "badc", false), ("ab", "ba", true), ("bob", "bobby", false),
  ])
  func namesThatMayBeMeant(name: String, other: String, isNear: Bool) throws {
    let (name, other) = (try #require(Name(name)), try #require(Name(other)))
    #expect(name.isNear(other) == isNear)
    #expect(other.isNear(name) == isNear)
  }
}
