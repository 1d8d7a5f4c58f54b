import Testing

/// A short storm of tools that are not what they should be: the auditor must notice, and must have nothing to say of the real ones.
@Suite struct FaultyToolsTests {
  private let settings = StormSettings(seconds: 2, workers: 3, seed: 1, gateway: .ledger, disk: .plain)

  private func violations(_ tools: FaultyTools?) throws -> [String] {
    var ground = try StormGround(settings)
    if let tools { ground.tools = try tools.install(in: ground.folder) }
    var record = try Storm(ground: ground).run()
    #expect(record.copies.count > 3 && !record.told.isEmpty, "nothing was tried")
    // The machine may be busy with other tests.
    record.isTimed = false
    return Auditor.audit(record)
  }

  @Test func theRealToolsAreNotAccused() throws { #expect(try violations(nil).isEmpty) }

  @Test(arguments: FaultyTools.allCases) func aFaultyToolIsNoticed(_ tools: FaultyTools) throws {
    let found = try violations(tools)
    #expect(found.contains { $0.contains(tools.violation) }, "\(found.prefix(3))")
  }
}
