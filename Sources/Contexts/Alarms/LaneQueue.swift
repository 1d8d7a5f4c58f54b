/// What waits in a lane, in feed order; what is to be escalated by the time at which it is due. Taking from the front does not move the rest.
struct LaneQueue {
  private var items: [Delivery] = []
  private var start = 0
  /// How many pass digests and quiet hours.
  private(set) var pressing = 0
  /// Alarms that it stands for: those of a digest count one each.
  private(set) var alarms = 0

  var isEmpty: Bool { start == items.count }
  var count: Int { items.count - start }
  var first: Delivery? { isEmpty ? nil : items[start] }
  var waiting: ArraySlice<Delivery> { items[start...] }

  /// The place of the first that is pressing, counted from the front; nil for none.
  func firstPressing(skippingFront skips: Bool) -> Int? {
    // A retry at the front is waited for: what is pressing passes what waits, not what is being done.
    if pressing == 0 || skips { return nil }
    return waiting.firstIndex { $0.isPressing }.map { $0 - start }
  }

  mutating func append(_ delivery: Delivery) {
    items.append(delivery)
    count(delivery)
  }

  /// Behind those that are due at the same time or before.
  mutating func insertByTime(_ delivery: Delivery) {
    var (low, high) = (start, items.count)
    while low < high {
      let middle = (low + high) / 2
      if items[middle].isDue(after: delivery) { high = middle } else { low = middle + 1 }
    }
    items.insert(delivery, at: low)
    count(delivery)
  }

  mutating func putFirst(_ delivery: Delivery) { putFirst([delivery]) }

  /// In their order, before all others.
  mutating func putFirst(_ deliveries: [Delivery]) {
    if deliveries.count <= start {
      start -= deliveries.count
      items.replaceSubrange(start..<start + deliveries.count, with: deliveries)
    } else {
      items.replaceSubrange(..<start, with: deliveries)
      start = 0
    }
    deliveries.forEach { count($0) }
  }

  private mutating func count(_ delivery: Delivery, _ times: Int = 1) {
    if delivery.isPressing { pressing += times }
    alarms += times * max(1, delivery.digested.count)
  }

  /// By itself, as it is now.
  mutating func replaceFirst(_ delivery: Delivery) { items[start] = delivery }

  mutating func removeFirst() {
    count(items[start], -1)
    start += 1
    if start > 64, start * 2 > items.count {
      items.removeFirst(start)
      start = 0
    }
  }

  /// Removes what `isWanted` does not keep.
  mutating func keep(_ isWanted: (Delivery) -> Bool) {
    items = waiting.filter(isWanted)
    start = 0
    (pressing, alarms) = (0, 0)
    items.forEach { count($0) }
  }
}

extension Delivery {
  fileprivate func isDue(after other: Delivery) -> Bool {
    guard let time = notBefore else { return false }
    return other.notBefore.map { time > $0 } ?? true
  }
}
