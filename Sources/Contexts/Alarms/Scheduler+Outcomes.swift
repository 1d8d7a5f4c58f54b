package import SharedKernel

// From the end of a run to what is done next.
extension Scheduler {
  /// The hook of a running delivery has ended. The delivery's lane is free again. Where that makes it dead, `standIns` take
  /// its place in other lanes.
  package mutating func finish(_ delivery: Delivery, _ verdict: HookVerdict, at now: Timestamp, standIns: [Delivery] = []) -> Settlement {
    let settlement = settle(delivery, verdict, at: now)
    busy.remove(delivery.lane)
    agenda.change(delivery.lane)
    if case .retrying(let time) = settlement {
      var next = delivery
      next.attempt += 1
      next.notBefore = time
      lanes[delivery.lane]?.replaceFirst(next)
      return settlement
    }
    lanes[delivery.lane]?.removeFirst()
    if lanes[delivery.lane]?.isEmpty == true { lanes[delivery.lane] = nil }
    if settlement == .dead { standIns.forEach { add($0) } }
    close(delivery)
    return settlement
  }

  /// Takes one more delivery of sequences that are open already.
  mutating func add(_ delivery: Delivery) {
    delivery.sequences.forEach { progress.expectOneMore($0) }
    enqueue(delivery)
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
    case .retry(let wait):
      health.fail(at: now, policy: policy)
      next = policy.next(after: delivery.attempt, named: wait, first: delivery.firstAttempt ?? now, now: now)
    case .pause:
      health.pausedUntil = now.adding(policy.pause)
      next = policy.next(after: delivery.attempt, named: policy.pause, first: delivery.firstAttempt ?? now, now: now)
    }
    if let next {
      health.retried += 1
      return .retrying(at: next)
    }
    health.died += 1
    return .dead
  }

  /// The outcome of deliveries that wait, all of one lane, is final without a run.
  mutating func drop(_ deliveries: [Delivery]) {
    remove(deliveries)
    deliveries.forEach { close($0) }
  }

  mutating func remove(_ deliveries: [Delivery]) {
    guard let lane = deliveries.first?.lane else { return }
    if deliveries.count == 1, lanes[lane]?.first?.key == deliveries[0].key {
      lanes[lane]?.removeFirst()
    } else {
      let keys = Set(deliveries.map { $0.key })
      lanes[lane]?.keep { !keys.contains($0.key) }
    }
    if lanes[lane]?.isEmpty == true { lanes[lane] = nil }
    agenda.change(lane)
  }

  mutating func close(_ delivery: Delivery) { for sequence in delivery.sequences { progress.finish(sequence) } }
}
