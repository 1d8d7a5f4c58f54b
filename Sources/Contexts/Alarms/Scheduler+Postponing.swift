internal import SharedKernel

// Deliveries are postponed for a silence, or until an escalation is due, and come back afterwards.
extension Scheduler {
  /// Postpones deliveries that wait, all of one lane.
  mutating func postpone(_ deliveries: [Delivery], for postponement: Postponement) {
    remove(deliveries)
    for var delivery in deliveries {
      delivery.postponement = postponement
      enqueue(delivery)
    }
  }

  /// Moves postponed deliveries that are due into their open lanes, before those that came later.
  mutating func resumePostponed(at now: Timestamp) {
    guard let next = nextResumption, next <= now else { return }
    nextResumption = nil
    for (lane, var queue) in lanes {
      guard let postponement = lane.postponement else { continue }
      var deliveries: [Delivery] = []
      while let first = queue.first, end(of: postponement, first: first) <= now {
        deliveries.append(first)
        queue.removeFirst()
      }
      if let first = queue.first { nextResumption = min(nextResumption ?? .latest, end(of: postponement, first: first)) }
      if deliveries.isEmpty { continue }
      lanes[lane] = queue.isEmpty ? nil : queue
      agenda.change(lane)
      for index in deliveries.indices {
        deliveries[index].postponement = nil
        if postponement == .escalation { (deliveries[index].notBefore, deliveries[index].raised) = (nil, now) }
      }
      // The first of a busy lane is what runs.
      if busy.contains(lane.open) { deliveries.forEach { enqueue($0) } } else { resume(deliveries) }
    }
  }

  /// When postponed deliveries are due; a silence that is not known is over.
  func end(of postponement: Postponement, first: Delivery?) -> Timestamp {
    switch postponement {
    case .silence(let id): silenceEnds[id] ?? Timestamp(sinceEpoch: .zero)
    case .escalation: first?.notBefore ?? Timestamp(sinceEpoch: .zero)
    }
  }
}
