internal import SharedKernel

// From waiting to running.
extension Scheduler {
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
    agenda.remove(delivery.lane)
    rate.note(now)
    if limits.laneRunsPerMinute < .max { noteLaneStart(delivery.lane, at: now) }
    if wantsDigests, !delivery.isPressing { note(delivery, at: now, digests) }
    return begun
  }

  private mutating func noteLaneStart(_ lane: Lane, at now: Timestamp) {
    if laneRates.count > 2 * lanes.count + 64 { laneRates = laneRates.filter { !$0.value.isIdle(at: now) } }
    laneRates[lane, default: StartRate(window: .minutes(1))].note(now)
  }

  private mutating func note(_ delivery: Delivery, at now: Timestamp, _ policy: DigestPolicy) {
    var rhythm = rhythms[delivery.lane] ?? LaneRhythm()
    if delivery.isDigest { rhythm.tellDigest(at: now, policy) } else { rhythm.tellSingle(at: now, policy) }
    if rhythms.count > 2 * lanes.count + 64 { rhythms = rhythms.filter { $0.value.end(policy).map { $0 > now } ?? false } }
    rhythms[delivery.lane] = rhythm
  }

  mutating func hasReachedCeiling(at now: Timestamp) -> Bool {
    for lane in laneRates.keys where laneRates[lane]?.isReached(limits.laneRunsPerMinute, at: now) != nil { return true }
    return false
  }

  /// Puts one delivery in the place of several of its lane.
  mutating func fold(_ deliveries: [Delivery], into digest: Delivery) {
    let keys = Set(deliveries.map { $0.key })
    lanes[digest.lane]?.keep { !keys.contains($0.key) }
    lanes[digest.lane]?.putFirst(digest)
    agenda.change(digest.lane)
  }
}
