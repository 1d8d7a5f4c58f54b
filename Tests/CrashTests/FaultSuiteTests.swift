import Foundation
import TestSupport
import Testing

/// Every command that changes a spool, killed at each of its state-changing calls, and so its recovery; each call failing once and from then
/// on; each write short. Whatever happens, ordinary commands end with what there is without the command or with all of it, as it answered.
///
/// `make faults` tries everything, which takes long; `make test` a few calls of each command.
@Suite struct FaultSuiteTests {
  private static let triesAll = ProcessInfo.processInfo.environment["MSGSPOOL_FAULTS"] == "all"

  /// All of them, or those that `MSGSPOOL_FAULT_CASE` is a part of the name of.
  static let cases = {
    let part = ProcessInfo.processInfo.environment["MSGSPOOL_FAULT_CASE"] ?? ""
    return part.isEmpty ? FaultCase.all : FaultCase.all.filter { $0.testDescription.contains(part) }
  }()

  private static let errors = ["EIO", "ENOSPC", "EDQUOT", "EMFILE", "EINTR"]

  /// All, or a few that are spread over them, others for each command.
  private func some<Element>(_ all: [Element], _ count: Int, of faultCase: FaultCase) -> [Element] {
    if Self.triesAll || all.count <= count { return all }
    let first = faultCase.testDescription.utf8.reduce(0) { $0 &+ Int($1) }
    return (0..<count).map { all[(first + $0 * all.count / count) % all.count] }
  }

  /// Whether a call can fail so.
  private func canFail(_ call: ObservedCall, by error: String) -> Bool { error != "EMFILE" || call.name.hasPrefix("open") }

  @Test(arguments: cases) func everyFault(faultCase: FaultCase) throws {
    let experiment = try FaultExperiment(faultCase)
    let calls = try experiment.command.calls(on: FaultExperiment.copy(experiment.template))
    #expect(!calls.isEmpty)
    for call in some(calls, 2, of: faultCase) { try experiment.disturb(.kill, at: call) }
    for call in some(calls, 1, of: faultCase) { try experiment.killRecovery(after: call) { some($0, 1, of: faultCase) } }
    for error in some(Self.errors, 2, of: faultCase) {
      let able = calls.filter { canFail($0, by: error) }
      for call in some(able, 1, of: faultCase) {
        try experiment.disturb(.error(error), at: call)
        // A call that is interrupted for ever is made for ever.
        if error != "EINTR" { try experiment.disturb(.lastingError(error), at: call) }
      }
    }
  }

  @Test(arguments: cases) func everyWriteIsShort(faultCase: FaultCase) throws {
    let experiment = try FaultExperiment(faultCase)
    let library = TemporaryFolder()
    let made = try run(
      "gcc", ["-shared", "-fPIC", "-O1", "-o", library.file("short.so"), "\(Repository.path)/Tests/CrashTests/short-write.c", "-ldl"])
    #expect(made.status == 0, "\(made)")
    // What only renames writes nothing.
    #expect(try experiment.shorten(0, by: library.file("short.so")) || faultCase.refusal != .nothingIsDone, "nothing is written")
    guard Self.triesAll else { return }
    var number = 1
    while try experiment.shorten(number, by: library.file("short.so")) { number += 1 }
  }
}
