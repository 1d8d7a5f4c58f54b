import AlarmStore
import Alarms
import FeedStore
import SharedKernel
import SpoolLayout
import SystemCalls

/// Compares the mailboxes with feed and history, and makes good what the feed has missed: a feed that could not be written, or
/// was removed, or cut, never failed a send.
final class FeedReconciliation {
  /// Between two comparisons.
  private static let interval = Duration.minutes(10)
  /// How far one reaches back behind the last: clocks are set, and a look may have been cut off.
  private static let overlap = Duration.days(1)

  private let spool: Spool
  private let memory: AlarmMemory
  private let time: ComparisonTime
  private let missing: MissingEvents

  init(_ spool: Spool, _ memory: AlarmMemory) {
    (self.spool, self.memory) = (spool, memory)
    time = ComparisonTime(root: spool.root)
    missing = MissingEvents(root: spool.root)
  }

  /// Whether ten minutes have passed since the last one, or the clock was set back.
  func isDue() throws(Failure) -> Bool {
    guard let last = try onSpool(time.read()) else { return true }
    let now = WallClock().now()
    return now < last || now >= last.adding(FeedReconciliation.interval)
  }

  /// Puts what is missing into the feed. `open` are the alarms that are being dealt with. What could not be done is
  /// told, and tried again the next time.
  func run(_ open: () -> Set<AlarmID> = { [] }) throws(Failure) -> (recovered: [AlarmID], failures: [Failure]) {
    let begin = WallClock().now()
    let comparison = try onSpool(time.begin())
    let since = try since(comparison.last)
    var events = try missing.find(since: since)
    if !events.isEmpty {
      let open = open()
      events = events.filter { !open.contains($0.alarm) }
    }
    if !events.isEmpty {
      let settled = try memory.settled(among: Set(events.map { $0.alarm }), since: since?.subtracting(FeedReconciliation.overlap))
      events = events.filter { !settled.contains($0.alarm) }
    }
    if !events.isEmpty { events = try missing.withoutCopies(events) }
    var failures: [Failure] = []
    if !events.isEmpty {
      try memory.markRecovered(events.map { $0.alarm })
      failures = missing.publish(
        events, by: FeedPublisher(root: spool.root, limit: .max))
    }
    if failures.isEmpty { try onSpool(comparison.finish(begin)) }
    return (events.map { $0.alarm }, failures)
  }

  /// From when on messages are looked at: at the very first time from the oldest entry on, and of a feed that has never lost
  /// its front everything that is unread.
  private func since(_ last: Timestamp?) throws(Failure) -> Timestamp? {
    if let last { return min(last, WallClock().now()).subtracting(FeedReconciliation.overlap) }
    let feed = FeedReader(root: spool.root)
    guard let first = try feed.first(from: 1), first > 1 else { return nil }
    switch try feed.entry(first) {
    case .happened(let event): return event.at
    case .unreadable(let failure): throw failure
    default: break
    }
    return WallClock().now()
  }
}
