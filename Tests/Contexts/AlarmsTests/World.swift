import SharedKernel
import Testing

@testable import Alarms

/// A feed, a memory and hooks that exist only in the test.
final class World: EventSource, ReceivedMessages, AlarmRecord, HookRunner, Receivers, Clock, @unchecked Sendable {
  // One test uses it from one thread.
  var entries: [Int: FeedEntry] = [:]
  var texts: [Int: [UInt8]] = [:]
  var time: Int64 = 1000
  var history: [HistoryLine] = []
  var marked: [Delivery] = []
  var buried: [Delivery] = []
  var cursors: [Int] = []
  var started: [Delivery] = []
  var log: [String] = []
  var readMessages: Set<MessageID> = []
  var choices: [Name: ReceiverChoices] = [:]
  var quiet: [Name: Timestamp] = [:]
  var ended: [Delivery] = []
  var hasSpace = true
  /// Whether all lines are, and not only noted.
  var isDurable = true
  var calls: [HookCall] = []

  func now() -> Timestamp { Timestamp(microseconds: time * 1000) }
  func entry(_ sequence: Int) -> FeedEntry { entries[sequence] ?? .missing }
  func first(from sequence: Int) -> Int? { entries.keys.filter { $0 >= sequence }.min() }
  func head() -> Int? { entries.keys.max() }
  func text(of event: Event) -> [UInt8]? { texts[event.sequence] ?? (entries[event.sequence] == nil ? nil : []) }
  func read(_ messages: Set<MessageID>, by receiver: Name) -> Set<MessageID> { messages.intersection(readMessages) }
  func choices(of receiver: Name) -> ReceiverChoices { choices[receiver] ?? ReceiverChoices() }
  func quietUntil(_ receiver: Name, at now: Timestamp) -> Timestamp? { quiet[receiver].flatMap { $0 > now ? $0 : nil } }
  func endReplay(of delivery: Delivery) { ended.append(delivery) }
  func hasRoom() -> Bool { hasSpace }
  func append(_ lines: [HistoryLine]) {
    isDurable = true
    history += lines
    log += lines.map { "line \($0.state) \($0.sequence)" }
  }
  func note(_ lines: [HistoryLine]) {
    append(lines)
    if !lines.isEmpty { isDurable = false }
  }
  func markStarted(_ deliveries: [Delivery]) {
    marked += deliveries
    log += deliveries.map { "mark \($0.sequence)" }
  }
  func clearStarted() { marked = [] }
  func bury(_ delivery: Delivery, call: HookCall?, line: HistoryLine) {
    buried.append(delivery)
    log.append("bury \(delivery.sequence)")
  }
  func moveCursor(to sequence: Int) {
    cursors.append(sequence)
    log.append("cursor \(sequence)")
  }
  func start(_ delivery: Delivery, _ call: HookCall) -> FinishedRun? {
    started.append(delivery)
    calls.append(call)
    log.append("start \(delivery.sequence)")
    return nil
  }

  func dispatcher(
    _ memory: RecoveredState = RecoveredState(), hooks: [String] = ["push"], fallbacks: [String: String] = [:], digests: DigestPolicy? = nil
  ) throws -> AlarmDispatcher {
    let ports = AlarmPorts(source: self, mailboxes: self, record: self, runner: self, receivers: self, clock: self, calendar: self)
    let dispatcher = try AlarmDispatcher(
      ports, memory: memory, surroundings: HookCall.Surroundings(spool: "/s", home: "/", timeZone: nil), policy: plainPolicy,
      limits: SchedulerLimits(running: 64, startsPerSecond: 10_000), digests: digests)
    var catalogue = HookCatalogue()
    catalogue.runnable = try hooks.map { try hook($0) }
    for (fallback, other) in fallbacks { catalogue.fallbacks[try hook(fallback)] = try hook(other) }
    try dispatcher.setHooks(catalogue)
    return dispatcher
  }

  /// What the next run of the same daemon would know.
  func recovered(cursor: Int) -> RecoveredState {
    var memory = RecoveredState()
    memory.cursor = cursor
    for line in history { memory.take(line) }
    return memory
  }

  func end(_ dispatcher: AlarmDispatcher, _ end: HookEnd) throws {
    let runs = started.map { FinishedRun(delivery: $0, end: end, lastLine: "", complaint: "oops", duration: .milliseconds(3)) }
    started = []
    try dispatcher.finish(runs)
  }

  func follower(_ sequence: Int) throws { entries[sequence] = .happened(try event(sequence, copy: 2, of: 2, priority: .normal)) }
}
