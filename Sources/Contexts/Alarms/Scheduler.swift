package import SharedKernel

// Which hook runs when. A pure state machine: what happens is told to it with the time, and it answers what to do.
//
//   a delivery is    becomes              by
//   waiting          running              begin: its lane is free, its time has come, its hook is not paused, the limits allow it
//   waiting          part of a digest     fold: it was never tried, and the lane's rhythm, or the end of quiet hours, says so
//   waiting          (gone)               drop: silenced, or read meanwhile
//   waiting          postponed            postpone: a silence covers what quiet hours had held
//   (admitted)       postponed            its message has to be unread for a time first
//   postponed        waiting              resumePostponed: that silence, or time, is over
//   running          (gone)               finish: done, skipped or dead; the cursor may move on
//   running          waiting, later       finish: retry or pause; it stays first in its lane, which waits with it
//   waiting          (gone)               setHooks: its hook is gone for good

package struct Scheduler: Sendable {
  /// What became of a delivery whose hook has ended.
  package enum Settlement: Hashable, Sendable {
    case delivered, skipped, dead
    case retrying(at: Timestamp)
  }

  let policy: RetryPolicy
  let digests: DigestPolicy
  package var limits: SchedulerLimits { didSet { reconsider() } }
  /// Whether digests are made at all; as `digests` says in the beginning.
  package var wantsDigests: Bool { didSet { reconsider() } }
  var progress: CursorRule
  var lanes: [Lane: LaneQueue] = [:]
  var busy: Set<Lane> = []
  var agenda = Agenda()
  var rhythms: [Lane: LaneRhythm] = [:]
  var rate = StartRate()
  /// Starts of each lane within the last minute.
  var laneRates: [Lane: StartRate] = [:]
  /// The sequence up to which events had happened before the start.
  let backlogEnd: Int
  package internal(set) var health: [HookName: HookHealth] = [:]
  /// When each silence that is in force is over.
  var silenceEnds: [Int: Timestamp] = [:] {
    didSet {
      if silenceEnds == oldValue { return }
      nextResumption = Timestamp(sinceEpoch: .zero)
      reconsider()
    }
  }
  /// No postponed delivery is due before; nil where there is none.
  var nextResumption: Timestamp?

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

  /// The same without messages that may still be read in time.
  package var waitingCount: Int { lanes.reduce(0) { $1.key.postponement == .escalation ? $0 : $0 + $1.value.count } }

  /// The same without what waits for the end of its receiver's quiet hours, or of a silence.
  package func dueCount(at now: Timestamp, _ receivers: any Receivers) -> Int {
    lanes.reduce(0) { count, lane in
      if lane.key.postponement != nil { return count }
      return receivers.quietUntil(lane.key.receiver, at: now) == nil
        ? count + lane.value.count : count + lane.value.pressing
    }
  }

  /// Those of them that were never tried.
  func untriedCount(at now: Timestamp, _ receivers: any Receivers) -> Int {
    lanes.reduce(0) { count, lane in
      if lane.key.postponement != nil { return count }
      let isQuiet = receivers.quietUntil(lane.key.receiver, at: now) != nil
      return count + lane.value.waiting.count { $0.attempt == 1 && (!isQuiet || $0.isPressing) }
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
    reconsider()
    progress = CursorRule(at: cursor)
  }

  mutating func enqueue(_ delivery: Delivery) {
    if delivery.postponement == .escalation {
      // Receivers who escalate to one another's target may wait for different times.
      lanes[delivery.lane, default: LaneQueue()].insertByTime(delivery)
    } else {
      lanes[delivery.lane, default: LaneQueue()].append(delivery)
    }
    agenda.change(delivery.lane)
    if let postponement = delivery.postponement {
      nextResumption = min(nextResumption ?? .latest, end(of: postponement, first: delivery))
    }
  }

  /// Puts deliveries of one lane, in their order, before all that waits there.
  mutating func resume(_ deliveries: [Delivery]) {
    guard let lane = deliveries.first?.lane else { return }
    lanes[lane, default: LaneQueue()].putFirst(deliveries)
    agenda.change(lane)
  }

  /// The alarms that are open by any hook, by themselves or as a part of a digest.
  package func openAlarms() -> Set<AlarmID> {
    var open: Set<AlarmID> = []
    for delivery in lanes.values.lazy.flatMap({ $0.waiting }) {
      open.insert(delivery.alarm.id)
      open.formUnion(delivery.digested.lazy.map { $0.id })
    }
    return open
  }

  /// What is open in some lanes.
  func openKeys(of lanes: Set<Lane>) -> Set<Delivery.Key> {
    Set(self.lanes.lazy.filter { lanes.contains($0.key.open) }.flatMap { $0.value.waiting.map { $0.key } })
  }
}
