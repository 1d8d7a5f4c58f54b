package import SharedKernel

// Which hook runs when. A pure state machine: what happens is told to it with the time, and it answers what to do.
//
//   a delivery is    becomes              by
//   waiting          running              start: its lane is free, its time has come, its hook is not paused, and the limits allow it
//   running          (gone)               finish: done, skipped or dead; the cursor may move on
//   running          waiting, later       finish: retry or pause; it stays first in its lane, which waits with it
//   waiting          (gone)               removeHook: its hook is gone for good

package struct Scheduler: Sendable {
  /// What became of a delivery whose hook has ended.
  package enum Settlement: Hashable, Sendable {
    case delivered, skipped, dead
    case retrying(at: Timestamp)
  }

  private let policy: RetryPolicy
  private let limits: SchedulerLimits
  var progress: CursorRule
  var lanes: [Lane: LaneQueue] = [:]
  var busy: Set<Lane> = []
  private var starts: [Timestamp] = []
  package internal(set) var health: [HookName: HookHealth] = [:]

  package init(cursor: Int, policy: RetryPolicy, limits: SchedulerLimits = SchedulerLimits()) {
    (self.policy, self.limits) = (policy, limits)
    progress = CursorRule(at: cursor)
  }

  package var cursor: Int { progress.cursor }
  /// The highest sequence that was admitted.
  package var admitted: Int { progress.read }
  package var runningCount: Int { busy.count }
  /// Deliveries that are not final, the running ones included.
  package var openCount: Int { lanes.values.reduce(0) { $0 + $1.waiting.count } }

  /// Takes the next sequence with its deliveries; without any it is final at once. Sequences in between are final too.
  package mutating func admit(_ sequence: Int, _ deliveries: [Delivery]) {
    progress.advance(to: sequence, outcomes: deliveries.count)
    enqueue(deliveries)
  }

  /// Keeps the cursor in front of a sequence whose event has not happened yet.
  package mutating func hold(_ sequence: Int) { progress.advance(to: sequence, outcomes: 1) }

  /// The event of a held sequence has happened, or never will (no deliveries).
  package mutating func release(_ sequence: Int, _ deliveries: [Delivery]) {
    progress.reopen(sequence, outcomes: deliveries.count)
    enqueue(deliveries)
  }

  /// Begins anew at another cursor, in a feed that was made anew. Only while nothing is open.
  package mutating func restart(at cursor: Int) {
    precondition(lanes.isEmpty)
    progress = CursorRule(at: cursor)
  }

  private mutating func enqueue(_ deliveries: [Delivery]) {
    for delivery in deliveries { lanes[delivery.lane, default: LaneQueue()].append(delivery) }
  }

  /// What is to be started now, oldest first; it counts as running from here on.
  package mutating func start(at now: Timestamp) -> [Delivery] {
    var started: [Delivery] = []
    starts.removeAll { $0.adding(seconds: 1) <= now }
    while busy.count < limits.running, starts.count < limits.startsPerSecond, let next = oldestReady(at: now) {
      var delivery = next
      delivery.firstAttempt = next.firstAttempt ?? now
      lanes[next.lane]?.replaceFirst(delivery)
      busy.insert(next.lane)
      starts.append(now)
      started.append(delivery)
    }
    return started
  }

  private func oldestReady(at now: Timestamp) -> Delivery? {
    var best: Delivery?
    for (lane, queue) in lanes where !busy.contains(lane) {
      guard let first = queue.first, first.notBefore.map({ $0 <= now }) ?? true, health[lane.hook]?.mayRun(at: now) ?? true else {
        continue
      }
      if let current = best, !Scheduler.precedes(first, current) { continue }
      best = first
    }
    return best
  }

  static func precedes(_ left: Delivery, _ right: Delivery) -> Bool {
    if left.sequence != right.sequence { return left.sequence < right.sequence }
    if left.alarm.kind != right.alarm.kind { return left.alarm.kind == .sent }
    return left.hook < right.hook
  }

  /// When `start` will next have something to do; nil when only an outcome or a new event can bring that about.
  package func nextStart(after now: Timestamp) -> Timestamp? {
    guard busy.count < limits.running else { return nil }
    var earliest: Timestamp?
    for (lane, queue) in lanes where !busy.contains(lane) {
      guard let first = queue.first, health[lane.hook]?.isHeld != true else { continue }
      let time = max(first.notBefore ?? now, health[lane.hook]?.pausedUntil ?? now, now)
      earliest = min(earliest ?? time, time)
    }
    guard let earliest, starts.count >= limits.startsPerSecond, let oldest = starts.first else { return earliest }
    return max(earliest, oldest.adding(seconds: 1))
  }

  /// The hook of a running delivery has ended. The delivery's lane is free again.
  package mutating func finish(_ delivery: Delivery, _ verdict: HookVerdict, at now: Timestamp) -> Settlement {
    let settlement = settle(delivery, verdict, at: now)
    busy.remove(delivery.lane)
    if case .retrying(let time) = settlement {
      var next = delivery
      next.attempt += 1
      next.notBefore = time
      lanes[delivery.lane]?.replaceFirst(next)
    } else {
      lanes[delivery.lane]?.removeFirst()
      if lanes[delivery.lane]?.isEmpty == true { lanes[delivery.lane] = nil }
      progress.finish(delivery.sequence)
    }
    return settlement
  }

  private mutating func settle(_ delivery: Delivery, _ verdict: HookVerdict, at now: Timestamp) -> Settlement {
    var health = self.health[delivery.hook] ?? HookHealth()
    defer { self.health[delivery.hook] = health }
    let next: Timestamp?
    switch verdict {
    case .done:
      health.succeed()
      return .delivered
    case .skipped:
      health.succeed()
      return .skipped
    case .dead:
      health.fail(at: now, policy: policy)
      next = nil
    case .retry(let seconds):
      health.fail(at: now, policy: policy)
      next = policy.next(after: delivery.attempt, named: seconds, first: delivery.firstAttempt ?? now, now: now)
    case .pause:
      health.pausedUntil = now.adding(seconds: policy.pause)
      next = policy.next(after: delivery.attempt, named: Int(policy.pause), first: delivery.firstAttempt ?? now, now: now)
    }
    if let next {
      health.retried += 1
      return .retrying(at: next)
    }
    health.died += 1
    return .dead
  }
}
