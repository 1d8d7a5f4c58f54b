/// What waits in a lane, in feed order. Taking from the front does not move the rest.
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

  mutating func putFirst(_ delivery: Delivery) {
    if start > 0 {
      start -= 1
      items[start] = delivery
    } else {
      items.insert(delivery, at: 0)
    }
    count(delivery)
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
