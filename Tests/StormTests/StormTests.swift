internal import Foundation
import TestSupport
import Testing

/// `make storm`. It needs its settings in the environment.
@Suite struct StormTests {
  private static let settings = StormSettings.fromEnvironment()

  @Test(.enabled(if: settings != nil, "make storm runs it"))
  func everyAnswerIsTrue() throws {
    let settings = try #require(Self.settings)
    let name =
      "SEED=\(settings.seed) SECONDS=\(settings.seconds) WORKERS=\(settings.workers) GATEWAY=\(settings.gateway) DISK=\(settings.disk)"
    print("storm: \(name)")
    let ground = try StormGround(settings)
    var isKept = false
    defer { if !isKept { cleanUp(ground) } }
    let record = try Storm(ground: ground).run()
    let violations = Auditor.audit(record)
    let killed = record.commands.count { $0.answer == .killed }
    print("storm: \(record.commands.count) commands, \(killed) killed, \(record.copies.count) copies, \(record.told.count) hook runs")
    print("storm: answers: \(StormTests.answers(in: record))")
    for violation in violations { print("storm: VIOLATION (\(name)): \(violation)") }
    if !violations.isEmpty {
      print("storm: kept in \(try ground.keep())")
      isKept = true
    }
    // Not all of them again: they are long.
    #expect(violations.count == 0, "\(violations.count) violations; to repeat: make storm \(name)")
    #expect(killed > 0 && record.copies.count > 0 && !record.told.isEmpty, "nothing was tried")
    // The same auditor must see a fault that is made in this very record.
    for fault in DeliberateFault.allCases {
      var tampered = record
      guard let expected = fault.tamper(with: &tampered) else {
        // A gateway that answers well may have refused nothing.
        #expect(fault.isAboutRefused, "\(fault) can be made nowhere")
        continue
      }
      #expect(Auditor.audit(tampered).contains { $0.contains(expected) }, "\(fault) was not seen: \(expected)")
    }
  }

  private func cleanUp(_ ground: StormGround) {
    do { try ground.settings.disk.unmount(in: ground.folder) } catch { Issue.record(error) }
  }

  /// How many commands of each tool answered what.
  private static func answers(in record: StormRecord) -> String {
    Dictionary(grouping: record.commands) { "\($0.step.tool) \($0.answer)" }.mapValues(\.count).sorted { $0.key < $1.key }
      .map { "\($0.key) x \($0.value)" }.joined(separator: ", ")
  }
}
