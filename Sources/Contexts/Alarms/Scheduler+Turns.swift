package import SharedKernel

// Whose turn it is.
extension Scheduler {
  /// What is to be done next.
  enum Turn: Hashable {
    case single(Delivery)
    /// These, of one lane, as one.
    case digest([Delivery])
  }

  /// What is to be started or folded now, the oldest first; nil when nothing is due or the limits are reached.
  mutating func next(at now: Timestamp, _ receivers: any Receivers = NoChoices()) -> Turn? {
    guard busy.count < limits.running, rate.isReached(limits.startsPerSecond, at: now) == nil else { return nil }
    considerChanges(at: now, receivers)
    while let lane = firstReady(at: now), let queue = lanes[lane] {
      switch turn(of: lane, queue, at: now, receivers) {
      case .wait(let until): agenda.sleep(lane, until: until)
      case .single(let index): return .single(queue.waiting[queue.waiting.startIndex + index])
      case .digest: return .digest(queue.waiting.filter { $0.isFresh })
      }
    }
    return nil
  }

  /// When `next` will next have something to do; nil when only an outcome or a new event can bring that about.
  package mutating func nextStart(after now: Timestamp, _ receivers: any Receivers = NoChoices()) -> Timestamp? {
    guard busy.count < limits.running else { return nil }
    considerChanges(at: now, receivers)
    var earliest: Timestamp?
    for hook in agenda.hooks where health[hook]?.isHeld != true {
      guard let time = agenda.firstReady(of: hook) == nil ? agenda.firstWaking(of: hook) : now else { continue }
      let start = max(time, health[hook]?.pausedUntil ?? now, now)
      earliest = min(earliest ?? start, start)
    }
    guard let earliest, let free = rate.isReached(limits.startsPerSecond, at: now) else { return earliest }
    return max(earliest, free)
  }

  /// All lanes are looked at again: what they do may depend on what has changed outside of them.
  package mutating func reconsider() { agenda.change(all: lanes.keys.filter { !busy.contains($0) }) }

  private mutating func considerChanges(at now: Timestamp, _ receivers: any Receivers) {
    agenda.wake(at: now)
    for lane in agenda.changed {
      guard !busy.contains(lane), let queue = lanes[lane], let first = queue.first else {
        agenda.remove(lane)
        continue
      }
      switch turn(of: lane, queue, at: now, receivers) {
      case .wait(let until): agenda.sleep(lane, until: until)
      case .single(let index): agenda.ready(lane, order(of: queue.waiting[queue.waiting.startIndex + index]))
      case .digest: agenda.ready(lane, order(of: first))
      }
    }
  }

  private func order(of delivery: Delivery) -> Agenda.LaneOrder {
    Agenda.LaneOrder(sequence: delivery.sequence, isForSender: delivery.alarm.kind == .sent)
  }

  /// The lane that comes first of those whose hook may run.
  private mutating func firstReady(at now: Timestamp) -> Lane? {
    var best: (lane: Lane, order: Agenda.LaneOrder)?
    for hook in agenda.hooks where health[hook]?.mayRun(at: now) ?? true {
      guard let found = agenda.firstReady(of: hook) else { continue }
      guard let current = best else {
        best = found
        continue
      }
      if found.order < current.order || found.order == current.order && hook < current.lane.hook { best = found }
    }
    return best?.lane
  }

  private mutating func turn(of lane: Lane, _ queue: LaneQueue, at now: Timestamp, _ receivers: any Receivers) -> LaneTurn {
    // `resumePostponed` sees to it then.
    if let postponement = lane.postponement { return .wait(until: end(of: postponement, first: queue.first)) }
    return LaneCircumstances(
      now: now, policy: digests, rhythm: rhythms[lane] ?? LaneRhythm(),
      quietUntil: receivers.quietUntil(lane.receiver, at: now),
      fullUntil: laneRates[lane]?.isReached(limits.laneRunsPerMinute, at: now),
      wantsDigests: wantsDigests && receivers.choices(of: lane.receiver).wantsDigests, backlogEnd: backlogEnd
    ).turn(of: queue)
  }

  /// The order of the feed, and of what one event brings.
  static func precedes(_ left: Delivery, _ right: Delivery) -> Bool {
    if left.sequence != right.sequence { return left.sequence < right.sequence }
    if left.alarm.kind != right.alarm.kind { return left.alarm.kind == .sent }
    return left.hook < right.hook
  }
}
