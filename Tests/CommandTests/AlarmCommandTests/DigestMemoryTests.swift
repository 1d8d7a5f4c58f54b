import TestSupport
import Testing

/// What a digest was told of is remembered as long as anything before its last item is open.
@Suite struct DigestMemoryTests {
  /// Five for bob, one for carol that cannot be told yet, three for bob: the cursor stays in front of carol's, in the middle of
  /// what bob's digest has told.
  private func told(_ spool: AlarmSpool) throws -> [String] { try spool.lines("told") }

  private func seeded() throws -> AlarmSpool {
    let spool = try AlarmSpool(config: "hook-rate = 10000\n")
    try spool.write("alarms/users/alice.conf", "kinds = failed\n")
    try spool.hook(
      "log", "[ \"$2\" != carol ] || exit 75\necho \"$1 $3 $MSG_ALARM_REDELIVERED $(jq -c '[.items[]?.seq]')\" >> \"$OUT/told\"")
    for number in 1...9 { try spool.deliver(number, to: [number == 6 ? "carol" : "bob"]) }
    return spool
  }

  /// Breaks when the outcome of a digest is forgotten for the items behind the cursor: they are told again as a digest of the same id.
  @Test func aDigestThatSpansTheCursorIsToldOnce() throws {
    let spool = try seeded()
    #expect(try spool.alarmd("--once").status == 75)
    let first = try told(spool)
    #expect(first.count == 1 && first[0].hasPrefix("digest ") && first[0].hasSuffix(" false [1,2,3,4,5,7,8,9]"), "\(first)")
    for _ in 0..<3 { #expect(try spool.alarmd("--once").status == 75) }
    #expect(try told(spool) == first)
  }

  /// Breaks when a digest that has to be told again is made of other items under the same id: here its receiver wants no more of one kind.
  @Test func aDigestOfOtherItemsHasAnotherID() throws {
    let spool = try seeded()
    try spool.hook("log", "echo \"$1 $3 $MSG_ALARM_REDELIVERED $(jq -c '[.items[]?.kind]')\" >> \"$OUT/told\"; exit 75")
    try spool.write("alarms/users/bob.conf", "kinds = arrived, sent\n")
    let message = try spool.spool.run("msg-send", ["dave", "from bob"], user: "bob")
    #expect(message.status == 0, "\(message)")
    #expect(try spool.alarmd("--once").status == 75)
    let before = try #require(try told(spool).first { $0.contains("\"sent\"") })
    try spool.write("alarms/users/bob.conf", "kinds = arrived\n")
    try spool.hook("log", "echo \"$1 $3 $MSG_ALARM_REDELIVERED $(jq -c '[.items[]?.kind]')\" >> \"$OUT/told\"")
    try eventually("the digest is told") { try spool.alarmd("--once").status == 0 }
    let after = try #require(try told(spool).last { $0.contains("arrived") && $0.hasPrefix("digest") })
    #expect(!after.contains("\"sent\"") && after.split(separator: " ")[1] != before.split(separator: " ")[1], "\(before)\n\(after)")
  }
}
