package import SharedKernel

// Which hook runs when. A pure state machine: what happens is told to it with the time, and it answers what to do.
//
//   a delivery is    becomes              by
//   waiting          running              begin: its lane is free, its time has come, its hook is not paused, the limits allow it
//   waiting          part of a digest     fold: it was never tried, and the lane's rhythm, or the end of quiet hours, says so
//   waiting          (gone)               drop: silenced, or read meanwhile
//   running          (gone)               finish: done, skipped or dead; the cursor may move on
//   running          waiting, later       finish: retry or pause; it stays first in its lane, which waits with it
//   waiting          (gone)               setHooks: its hook is gone for good

package struct Scheduler: Sendable {
  /// What became of a delivery whose hook has ended.
  package enum Settlement: Hashable, Sendable {
    case delivered, skipped, dead
    case retrying(at: Timestamp)
  }

  /// What is to be done next.
  enum Turn: Hashable {
    case single(Delivery)
    /// These, of one lane, as one.
    case digest([Delivery])
  }

  let policy: RetryPolicy
  let digests: DigestPolicy
  package var limits: SchedulerLimits
  /// Whether digests are made at all; as `digests` says in the beginning.
  package var wantsDigests: Bool
  var progress: CursorRule
  var lanes: [Lane: LaneQueue] = [:]
  var busy: Set<Lane> = []
  private var rhythms: [Lane: LaneRhythm] = [:]
  private var starts: [Timestamp] = []
  /// The sequence up to which events had happened before the start.
  private let backlogEnd: Int
  package internal(set) var health: [HookName: HookHealth] = [:]

  /// `digests` is nil where everything is told singly. Up to `backlogEnd` events had happened before the start.
  package init(
    cursor: Int, policy: RetryPolicy, limits: SchedulerLimits = SchedulerLimits(), digests: DigestPolicy? = nil, backlogEnd: Int = 0
  ) {
    (self.policy, self.limits, self.backlogEnd) = (policy, limits, backlogEnd)
    (self.digests, wantsDigests) = (digests ?? DigestPolicy(), digests != nil)
    progress = CursorRule(at: cursor)
  }

  package var cursor: Int { progress.cursor }
  /// The highest sequence that was admitted.
  package var admitted: Int { progress.read }
  package var runningCount: Int { busy.count }
  /// Deliveries that are not final, the running ones included.
  package var openCount: Int { lanes.values.reduce(0) { $0 + $1.count } }

  /// The same without what waits for the end of its receiver's quiet hours.
  package func dueCount(at now: Timestamp, _ receivers: any Receivers) -> Int {
    lanes.reduce(0) { count, lane in
      receivers.quietUntil(lane.key.receiver, at: now) == nil
        ? count + lane.value.count : count + lane.value.waiting.count { $0.isPressing }
    }
  }

  /// Takes the next sequence with its deliveries; without any it is final at once. Sequences in between are final too.
  /// `expected` deliveries more are put into a lane later.
  package mutating func admit(_ sequence: Int, _ deliveries: [Delivery], expected: Int = 0) {
    progress.advance(to: sequence, outcomes: deliveries.count + expected)
    deliveries.forEach { enqueue($0) }
  }

  /// Keeps the cursor in front of a sequence whose event has not happened yet.
  package mutating func hold(_ sequence: Int) { progress.advance(to: sequence, outcomes: 1) }

  /// The event of a held sequence has happened, or never will (no deliveries).
  package mutating func release(_ sequence: Int, _ deliveries: [Delivery], expected: Int = 0) {
    progress.reopen(sequence, outcomes: deliveries.count + expected)
    deliveries.forEach { enqueue($0) }
  }

  /// Begins anew at another cursor, in a feed that was made anew, and forgets what waits. Only while nothing runs.
  package mutating func restart(at cursor: Int) {
    precondition(busy.isEmpty)
    lanes = [:]
    progress = CursorRule(at: cursor)
  }

  mutating func enqueue(_ delivery: Delivery) { lanes[delivery.lane, default: LaneQueue()].append(delivery) }
  /// Whether an alarm is open by any hook, by itself or as a part of a digest.
  package func isOpen(_ alarm: AlarmID) -> Bool {
    lanes.values.contains { queue in
      queue.waiting.contains { delivery in delivery.alarm.id == alarm || delivery.digested.contains { $0.id == alarm } }
    }
  }

  /// What is open in some lanes.
  func openKeys(of lanes: Set<Lane>) -> Set<Delivery.Key> {
    Set(lanes.flatMap { self.lanes[$0]?.waiting.map(\.key) ?? [] })
  }

  /// Puts a delivery before all that waits in its lane.
  mutating func resume(_ delivery: Delivery) { lanes[delivery.lane, default: LaneQueue()].putFirst(delivery) }

  /// What is to be started or folded now, the oldest first; nil when nothing is due or the limits are reached.
  mutating func next(at now: Timestamp, _ receivers: any Receivers = NoChoices()) -> Turn? {
    starts.removeAll { $0.adding(seconds: 1) <= now }
    guard busy.count < limits.running, starts.count < limits.startsPerSecond else { return nil }
    var best: (order: Delivery, isDigest: Bool)?
    for (lane, queue) in lanes where !busy.contains(lane) {
      guard health[lane.hook]?.mayRun(at: now) ?? true, let first = queue.first else { continue }
      let found: (order: Delivery, isDigest: Bool)
      switch turn(of: lane, queue, at: now, receivers) {
      case .wait: continue
      case .single(let index): found = (queue.waiting[queue.waiting.startIndex + index], false)
      case .digest: found = (first, true)
      }
      if let best, !Scheduler.precedes(found.order, best.order) { continue }
      best = found
    }
    guard let best else { return nil }
    return best.isDigest ? .digest(lanes[best.order.lane]?.waiting.filter(\.isFresh) ?? []) : .single(best.order)
  }

  private func turn(of lane: Lane, _ queue: LaneQueue, at now: Timestamp, _ receivers: any Receivers) -> LaneTurn {
    LaneCircumstances(
      now: now, policy: digests, rhythm: rhythms[lane] ?? LaneRhythm(),
      quietUntil: receivers.quietUntil(lane.receiver, at: now),
      wantsDigests: wantsDigests && receivers.choices(of: lane.receiver).wantsDigests, backlogEnd: backlogEnd
    ).turn(of: queue)
  }

  static func precedes(_ left: Delivery, _ right: Delivery) -> Bool {
    if left.sequence != right.sequence { return left.sequence < right.sequence }
    if left.alarm.kind != right.alarm.kind { return left.alarm.kind == .sent }
    return left.hook < right.hook
  }

  /// The delivery counts as running from here on; as it is then.
  mutating func begin(_ delivery: Delivery, at now: Timestamp) -> Delivery {
    var begun = delivery
    begun.firstAttempt = delivery.firstAttempt ?? now
    if lanes[delivery.lane]?.first?.key == delivery.key {
      lanes[delivery.lane]?.replaceFirst(begun)
    } else {
      lanes[delivery.lane]?.keep { $0.key != delivery.key }
      lanes[delivery.lane]?.putFirst(begun)
    }
    busy.insert(delivery.lane)
    starts.append(now)
    if wantsDigests, !delivery.isPressing { note(delivery, at: now, digests) }
    return begun
  }

  private mutating func note(_ delivery: Delivery, at now: Timestamp, _ policy: DigestPolicy) {
    var rhythm = rhythms[delivery.lane] ?? LaneRhythm()
    if delivery.isDigest { rhythm.tellDigest(at: now, policy) } else { rhythm.tellSingle(at: now, policy) }
    if rhythms.count > 2 * lanes.count + 64 { rhythms = rhythms.filter { $0.value.end(policy).map { $0 > now } ?? false } }
    rhythms[delivery.lane] = rhythm
  }

  /// Puts one delivery in the place of several of its lane.
  mutating func fold(_ deliveries: [Delivery], into digest: Delivery) {
    let keys = Set(deliveries.map(\.key))
    lanes[digest.lane]?.keep { !keys.contains($0.key) }
    lanes[digest.lane]?.putFirst(digest)
  }

  /// The outcome of deliveries that wait, all of one lane, is final without a run.
  mutating func drop(_ deliveries: [Delivery]) {
    guard let lane = deliveries.first?.lane else { return }
    let keys = Set(deliveries.map(\.key))
    lanes[lane]?.keep { !keys.contains($0.key) }
    if lanes[lane]?.isEmpty == true { lanes[lane] = nil }
    deliveries.forEach { close($0) }
  }

  mutating func close(_ delivery: Delivery) { for sequence in delivery.sequences { progress.finish(sequence) } }

  /// When `next` will next have something to do; nil when only an outcome or a new event can bring that about.
  package func nextStart(after now: Timestamp, _ receivers: any Receivers = NoChoices()) -> Timestamp? {
    guard busy.count < limits.running else { return nil }
    var earliest: Timestamp?
    for (lane, queue) in lanes where !busy.contains(lane) {
      guard !queue.isEmpty, health[lane.hook]?.isHeld != true else { continue }
      var time = max(health[lane.hook]?.pausedUntil ?? now, now)
      if case .wait(let until) = turn(of: lane, queue, at: now, receivers) { time = max(time, until) }
      earliest = min(earliest ?? time, time)
    }
    guard let earliest, starts.count >= limits.startsPerSecond, let oldest = starts.first else { return earliest }
    return max(earliest, oldest.adding(seconds: 1))
  }
}
