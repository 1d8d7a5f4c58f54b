internal import SharedKernel

/// When alarms for one receiver are told one by one, and when as a digest.
package struct DigestPolicy: Hashable, Sendable {
  /// Told singly within one interval.
  package let singles: Int
  /// From the first single, or from a digest, to the next digest. Whatever has waited so long together is told together.
  package let interval: Duration
  /// After downtime a lane with more than so many waiting gets one digest,
  package let backlog: Int
  /// or one whose oldest was sent longer ago than this.
  package let backlogAge: Duration
  /// Whether there is time to wait for an interval's end; else the digest comes at once.
  package let mayWait: Bool

  package init(
    singles: Int = 5, interval: Duration = .minutes(1), backlog: Int = 3, backlogAge: Duration = .minutes(10), mayWait: Bool = true
  ) {
    (self.singles, self.interval, self.backlog, self.backlogAge) = (singles, interval, backlog, backlogAge)
    self.mayWait = mayWait
  }
}

/// How much a lane has told lately.
struct LaneRhythm: Hashable, Sendable {
  /// When the interval at hand began; nil before the first.
  private(set) var start: Timestamp?
  /// Singles told in it.
  private(set) var used = 0

  func end(_ policy: DigestPolicy) -> Timestamp? { start?.adding(policy.interval) }

  mutating func tellSingle(at now: Timestamp, _ policy: DigestPolicy) {
    if let end = end(policy), now < end {
      used += 1
    } else {
      (start, used) = (now, 1)
    }
  }

  /// After a digest nothing is told singly until the interval is over.
  mutating func tellDigest(at now: Timestamp, _ policy: DigestPolicy) { (start, used) = (now, policy.singles) }
}

/// What a lane has to do next.
enum LaneTurn: Hashable {
  /// Nothing before this.
  case wait(until: Timestamp)
  /// The delivery with that index among the waiting ones.
  case single(Int)
  /// Everything that waits and was never tried, as one.
  case digest
}

/// What decides about a lane beside its own content.
struct LaneCircumstances {
  let now: Timestamp
  let policy: DigestPolicy
  let rhythm: LaneRhythm
  /// The end of its receiver's quiet hours; nil outside of them.
  let quietUntil: Timestamp?
  /// Until when its hook has run often enough for its receiver; nil while it may run.
  var fullUntil: Timestamp?
  /// Whether its receiver, and the spool, want digests.
  let wantsDigests: Bool
  /// The sequence up to which events had happened before the daemon was started.
  let backlogEnd: Int

  /// The rule, in order: what somebody asked for again passes; a hook that has run often enough waits; what is pressing passes; quiet
  /// hours hold; a retry is waited for; then see `LaneTurn`.
  func turn(of queue: LaneQueue) -> LaneTurn {
    guard let front = queue.first else { return .wait(until: .latest) }
    if let fullUntil, !front.isReplay { return .wait(until: fullUntil) }
    let isRetry = !front.isFresh && !front.isReplay
    if let index = queue.firstPressing(skippingFront: isRetry && quietUntil == nil) {
      let pressing = queue.waiting[queue.waiting.startIndex + index]
      return due(pressing).map { .wait(until: $0) } ?? .single(index)
    }
    if let quietUntil { return .wait(until: quietUntil) }
    if isRetry || !wantsDigests { return due(front).map { .wait(until: $0) } ?? .single(0) }
    if queue.count > 1, isBelated(front) || isBacklog(front, queue) { return .digest }
    return turnByRhythm(front, queue)
  }

  /// When a delivery's time comes, nil when it has come.
  private func due(_ delivery: Delivery) -> Timestamp? { delivery.notBefore.flatMap { $0 > now ? $0 : nil } }

  private func turnByRhythm(_ front: Delivery, _ queue: LaneQueue) -> LaneTurn {
    guard let end = rhythm.end(policy), rhythm.used >= policy.singles else { return .single(0) }
    if now < end, policy.mayWait { return .wait(until: end) }
    // One that came after the interval finds the lane calm again.
    return queue.count > 1 && (front.raised ?? now) < end ? .digest : .single(0)
  }

  /// It came in quiet hours, or has waited so long that those behind it are told with it.
  private func isBelated(_ front: Delivery) -> Bool {
    front.isHeld || (front.raised ?? now).adding(policy.interval) <= now
  }

  private func isBacklog(_ front: Delivery, _ queue: LaneQueue) -> Bool {
    guard front.sequence <= backlogEnd else { return false }
    if front.alarm.event.at.adding(policy.backlogAge) < now { return true }
    return queue.count > policy.backlog && queue.waiting[queue.waiting.startIndex + policy.backlog].sequence <= backlogEnd
  }
}
