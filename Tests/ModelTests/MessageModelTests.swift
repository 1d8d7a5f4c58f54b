import TestSupport
import Testing

/// The protocol of a send as a model (`message.pml`), checked over every order of steps, two kills and a power cut by spin(1):
/// what no strace can show, because a killed process leaves what it did not sync, and a power cut does not.
@Suite struct MessageModelTests {
  private static let faults = [
    "NO_OUTBOX_SYNC", "NO_LEDGER_SYNC", "NO_FEED_SYNC", "NO_VOIDING_SYNC", "NO_FOUND_SYNC", "NO_TAKE_BACK_SYNC",
    "DELIVER_FIRST", "LEADER_FIRST", "LINK_LATE", "NO_REVERSAL", "NO_TAKE_BACK",
  ]

  /// How many errors an exhaustive search finds; spin stops at the first.
  private func errors(_ options: [String]) throws -> Int {
    let folder = TemporaryFolder()
    let model = "\(Repository.path)/Tests/ModelTests/message.pml"
    let script = """
      cd '\(folder.path)' && spin -a \(options.joined(separator: " ")) '\(model)' > spin.log && gcc -O2 -DSAFETY -o pan pan.c && ./pan -m100000
      """
    let outcome = try run("sh", ["-c", script])
    #expect(!outcome.output.contains("max search depth too small"), "not exhaustive")
    let words = outcome.output.split { " \n".contains($0) }
    guard let index = words.firstIndex(of: "errors:"), let count = Int(words[index + 1]) else { throw HarnessFailure("\(outcome)") }
    return count
  }

  @Test func theProtocolHolds() throws { #expect(try errors([]) == 0) }

  /// A model that does not notice these would not notice anything.
  @Test(arguments: faults) func everyFaultIsFound(fault: String) throws { #expect(try errors(["-D\(fault)"]) == 1) }
}
