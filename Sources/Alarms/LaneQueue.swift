/// What waits in a lane, in feed order. Taking from the front does not move the rest.
struct LaneQueue {
  private var items: [Delivery] = []
  private var start = 0

  var isEmpty: Bool { start == items.count }
  var first: Delivery? { isEmpty ? nil : items[start] }
  var waiting: ArraySlice<Delivery> { items[start...] }

  mutating func append(_ delivery: Delivery) { items.append(delivery) }

  mutating func replaceFirst(_ delivery: Delivery) { items[start] = delivery }

  mutating func removeFirst() {
    start += 1
    if start > 64, start * 2 > items.count {
      items.removeFirst(start)
      start = 0
    }
  }
}
