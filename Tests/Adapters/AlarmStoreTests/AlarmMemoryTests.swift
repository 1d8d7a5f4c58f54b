import SpoolLayout
import Alarms
import FeedFixtures
import MessageFormat
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import AlarmStore

@Suite struct ComparisonTimeTests {
  private let folder = TemporaryFolder()

  /// Breaks when a sender asks for a comparison while one is under way, and waits ten minutes for it.
  @Test func whatIsAskedMeanwhileIsDone() throws {
    let root = try SpoolRoot(opening: folder.path)
    let alarms = try root.ensureFolder(.alarms)
    let time = ComparisonTime(root: root)
    let first = try time.begin()
    #expect(try first.last == nil && time.read() == nil)
    try first.finish(Timestamp(seconds: 7))
    #expect(try time.read() == Timestamp(seconds: 7))
    let second = try time.begin()
    #expect(second.last == Timestamp(seconds: 7))
    // One that is cut off is older, and so repeated.
    #expect(try time.read() == Timestamp(seconds: 7))
    try alarms.remove(SpoolFile.comparisonTime.name)
    try second.finish(Timestamp(seconds: 8))
    #expect(try time.read() == nil)
    try time.begin().finish(Timestamp(seconds: 9))
    #expect(try time.read() == Timestamp(seconds: 9))
    #expect(folder.names(in: "tmp").isEmpty)
  }
}

@Suite struct AlarmMemoryTests {
  private let fixture: FeedFixture

  init() throws { fixture = try FeedFixture() }

  private func memory() throws -> AlarmMemory { try AlarmMemory(root: fixture.root) }

  private func delivery(_ sequence: Int, attempt: Int = 1) throws -> Delivery {
    let event = Event(sequence: sequence, envelope: try FeedFixture.envelope(sequence))
    var delivery = Delivery(alarm: Alarm(kind: .arrived, receiver: event.receiver, event: event), hook: try #require(HookName("push")))
    delivery.attempt = attempt
    return delivery
  }

  private func line(_ delivery: Delivery, _ state: HistoryLine.State, day: Int = 1) throws -> HistoryLine {
    let time = try #require(Timestamp(rfc3339: "2026-11-0\(day)T10:00:00Z"))
    var line = HistoryLine(time: time, state: state, alarm: delivery.alarm, hook: delivery.hook)
    line.attempt = delivery.attempt
    return line
  }

  private func runs(_ delivery: Delivery) throws -> EarlierRuns? { try memory().recall().runs[delivery.alarm.id]?[delivery.hook] }

  /// Breaks when the first start is taken for a restart.
  @Test func nothingIsRememberedAtFirst() throws {
    let recovered = try memory().recall()
    #expect(recovered.cursor == nil)
    #expect(recovered.runs.isEmpty)
  }

  /// Breaks when attempts or outcomes behind the cursor are lost over a restart, over midnight too.
  @Test func outcomesAndAttemptsAreRebuilt() throws {
    let memory = try memory()
    try memory.append([try line(delivery(1), .delivered), try line(delivery(2), .retrying)])
    try memory.append([try line(delivery(2, attempt: 2), .retrying, day: 2), try line(delivery(3), .dead, day: 2)])
    try memory.moveCursor(to: 1)
    #expect(fixture.folder.names(in: "alarms/history") == ["2026-11-01.jsonl", "2026-11-02.jsonl"])
    let recovered = try self.memory().recall()
    #expect(recovered.cursor == 1)
    #expect(recovered.runs.count == 2)
    let second = try #require(try runs(delivery(2)))
    #expect(second.attempts == 2)
    #expect(!second.isFinal)
    #expect(second.first == Timestamp(rfc3339: "2026-11-01T10:00:00Z"))
    #expect(try runs(delivery(3))?.isFinal == true)
  }

  /// Breaks when a run that SIGKILL cut off is repeated unmarked, or one with an outcome is taken for cut off.
  @Test func startedMarksTellWhatWasCutOff() throws {
    let memory = try memory()
    try memory.append([try line(delivery(1), .retrying)])
    try memory.markStarted([try delivery(1, attempt: 2), try delivery(2), try delivery(3)])
    try memory.append([try line(delivery(2), .retrying)])
    let first = try #require(try runs(delivery(1)))
    #expect(first.wasCutOff)
    #expect(first.attempts == 2)
    #expect(try runs(delivery(2))?.wasCutOff == false)
    #expect(try runs(delivery(3))?.wasCutOff == true)
    try memory.clearStarted()
    #expect(try runs(delivery(3)) == nil)
    // What was marked before stays in the file and counts no more, after a restart neither.
    try memory.markStarted([try delivery(4)])
    let second = try self.memory()
    try second.markStarted([try delivery(5)])
    #expect(try runs(delivery(4))?.wasCutOff == true && runs(delivery(5))?.wasCutOff == true)
    #expect(try runs(delivery(3)) == nil)
  }

  /// Breaks when a noted line is not there for readers, or for a restart, at once.
  @Test func whatIsOnlyNotedIsReadAtOnce() throws {
    let memory = try memory()
    try memory.note([try line(delivery(2), .skipped)])
    #expect(try runs(delivery(2))?.isFinal == true)
    try memory.append([try line(delivery(3), .delivered)])
    try memory.moveCursor(to: 2)
    #expect(try fixture.folder.read("alarms/history/2026-11-01.jsonl").split(separator: "\n").count == 2)
    #expect(try runs(delivery(2)) == nil && runs(delivery(3))?.isFinal == true)
  }

  /// Breaks when a torn last line hides the lines after it, or stops the daemon.
  @Test func aTornLineIsPassedOver() throws {
    try memory().append([try line(delivery(1), .delivered)])
    let file = try fixture.root.directory.open("alarms/history/2026-11-01.jsonl", .readWrite)
    let whole = try file.status().size
    try file.write(all: Array(#"{"time":"2026-11-01T10:00:0"#.utf8), at: whole)
    let marks = try fixture.root.directory.open("alarms/started", .create)
    try marks.write(all: Array("ABC pu".utf8), at: 0)
    let memory = try memory()
    #expect(try memory.recall().runs.count == 1)
    try memory.markStarted([try delivery(3)])
    try memory.append([try line(delivery(2), .delivered)])
    let recovered = try self.memory().recall()
    #expect(recovered.runs.count == 3)
    #expect(try fixture.folder.read("alarms/history/2026-11-01.jsonl").split(separator: "\n").count == 3)
  }

  /// Breaks when a damaged cursor file makes everything run again.
  @Test(arguments: ["", "x", "5", "5 2026-11-01 3", "-1 2026-11-01 0\n", "5 here 0\n"])
  func aDamagedCursorIsReplacedByTheHistory(content: String) throws {
    let memory = try memory()
    try memory.append([try line(delivery(1), .delivered), try line(delivery(2), .delivered)])
    try memory.moveCursor(to: 2)
    try fixture.folder.write("feed/consumers/alarmd", content)
    let recovered = try self.memory().recall()
    #expect(recovered.cursor == nil)
    #expect(recovered.runs.count == 2)
  }

  /// Breaks when a restart re-reads the whole history of years.
  @Test func theCursorSaysWhereTheHistoryIsReadAgain() throws {
    let memory = try memory()
    try memory.append(try (1...50).map { try line(delivery($0), .delivered) })
    try memory.moveCursor(to: 50)
    let size = try #require(try fixture.root.directory.directory("alarms/history").status(of: "2026-11-01.jsonl")?.size)
    #expect(try fixture.folder.read("feed/consumers/alarmd") == "50 2026-11-01 \(size)\n")
  }

  /// Breaks when a dead alarm is not kept with what the hook would have got.
  @Test func deadLettersAreKept() throws {
    let delivery = try delivery(1)
    let call = HookCall(
      delivery, text: Array("hello".utf8), surroundings: HookCall.Surroundings(spool: "/s", home: "/", timeZone: nil))
    try memory().bury(delivery, call: call, line: try line(delivery, .dead))
    let letter = try fixture.folder.read("alarms/dead/push/\(delivery.alarm.id).json")
    #expect(letter.hasPrefix(#"{"alarm":{"time":"2026-11-01T10:00:00.000000Z""#))
    #expect(letter.contains(#""text":"hello""#))
    #expect(try DeadLetters.counts(root: fixture.root) == ["push": 1])
  }

  /// Breaks when two daemons serve one spool, or a dead one's lock outlives it.
  @Test func thereIsOneInstance() throws {
    let alarms = try fixture.root.directory.directory(".")
    #expect(try InstanceLock.holder(root: fixture.root) == nil)
    guard case .held(let lock) = try InstanceLock.take(root: fixture.root, alarms: alarms) else { return #expect(Bool(false)) }
    guard case .taken(let other) = try InstanceLock.take(root: fixture.root, alarms: alarms) else { return #expect(Bool(false)) }
    #expect(other == DaemonProcess(id: CurrentProcess.id, host: CurrentProcess.hostName))
    withExtendedLifetime(lock) {}
  }
}
