import SpoolLayout
import Alarms
import FeedFixtures
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import AlarmStore

/// A day with much to tell is kept in parts.
@Suite struct HistoryPartTests {
  private let fixture: FeedFixture
  private let memory: AlarmMemory

  /// Parts of about 2,000 bytes, of which 16 may be there.
  init() throws {
    fixture = try FeedFixture()
    memory = try AlarmMemory(root: fixture.root)
    memory.bound(age: .days(90), bytes: 32_000)
  }

  private var names: [String] { fixture.folder.names(in: "alarms/history").sorted() }

  private func size() throws -> Int {
    let folder = try fixture.root.directory.directory("alarms/history")
    return try folder.list().entries.reduce(0) { $0 + (try folder.status(of: $1.name)?.size ?? 0) }
  }

  private func line(_ sequence: Int, _ time: String = "2026-11-01T10:00:00Z", _ state: HistoryLine.State = .delivered) throws -> HistoryLine
  {
    let event = Event(sequence: sequence, envelope: try FeedFixture.envelope(sequence))
    let alarm = Alarm(kind: .arrived, receiver: event.receiver, event: event)
    let hook: HookName = try #require(HookName("push"))
    return HistoryLine(time: try #require(Timestamp(rfc3339: time)), state: state, alarm: alarm, hook: hook)
  }

  private func sequences() throws -> [Int] {
    var found: [Int] = []
    try HistoryReader(root: fixture.root).forEach { line in
      found.append(line.sequence)
      return true
    }
    return found
  }

  /// Breaks when a day exceeds the bound, its lines come back in another order, or what is needed again is removed.
  @Test func aDayIsSplitAndBounded() throws {
    for sequence in 1...20 { try memory.append([try line(sequence)]) }
    #expect(names.first == "2026-11-01.jsonl" && names.contains("2026-11-01.p002.jsonl") && names.count > 2)
    #expect(try sequences() == Array(1...20))
    // One batch may be larger than a part.
    try memory.append(try (21...400).map { try line($0) })
    #expect(try sequences() == Array(1...400))
    #expect(memory.isToBePruned)
    let now = try #require(Timestamp(rfc3339: "2026-11-01T12:00:00Z"))
    try memory.prune(now: now)
    #expect(try sequences() == Array(1...400), "the cursor has not moved: all is needed")
    try memory.moveCursor(to: 390)
    try memory.prune(now: now)
    #expect(try size() <= 32_000 && !memory.isToBePruned)
    let left = try sequences()
    #expect(left == Array((left.first ?? 0)...400) && left.count > 50)
    let again = try AlarmMemory(root: fixture.root)
    let recovered = try again.recall()
    #expect(recovered.cursor == 390 && recovered.runs.count == 10)
  }

  /// Breaks when a restart, another day or a clock that was set back writes anywhere but at the end.
  @Test func whatIsWrittenLaterIsReadLater() throws {
    for sequence in 1...20 { try memory.append([try line(sequence)]) }
    let parts = names
    let second = try AlarmMemory(root: fixture.root)
    try second.append([try line(21, "2026-10-01T10:00:00Z")])
    #expect(try names == parts && sequences() == Array(1...21))
    try second.append([try line(22, "2026-11-02T10:00:00Z"), try line(23, "2026-11-02T10:00:00Z")])
    #expect(try names == parts + ["2026-11-02.jsonl"] && sequences() == Array(1...23))
    try second.moveCursor(to: 22)
    #expect(try fixture.folder.read("feed/consumers/alarmd").hasPrefix("22 2026-11-02 "))
    #expect(try AlarmMemory(root: fixture.root).recall().runs.count == 1)
  }

  /// Breaks when an alien file is read, or a name is made that no longer sorts.
  @Test func namesAreReadBack() throws {
    #expect(HistoryPart("2026-11-26") == HistoryPart(day: "2026-11-26"))
    #expect(HistoryPart("2026-11-26.p002") == HistoryPart(day: "2026-11-26", number: 2))
    #expect(HistoryPart("2026-11-26.p1000") == HistoryPart(day: "2026-11-26", number: 1000))
    for alien in ["2026-11-26.p001", "2026-11-26.p2", "2026-11-26.", "2026-11-26.x002", "2026-13-26", "notes", ""] {
      #expect(HistoryPart(alien) == nil, "\(alien)")
    }
    #expect(HistoryPart(day: "2026-11-26", number: 10) > HistoryPart(day: "2026-11-26", number: 9))
    #expect(HistoryPart(day: "2026-11-27") > HistoryPart(day: "2026-11-26", number: 9))
  }
}
