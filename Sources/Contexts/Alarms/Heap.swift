/// Values by key, of which the one with the least key is had at once.
struct Heap<Key: Comparable & Sendable, Value: Sendable>: Sendable {
  private var items: [(key: Key, value: Value)] = []

  var first: (key: Key, value: Value)? { items.first }

  mutating func insert(_ value: Value, by key: Key) {
    items.append((key, value))
    var place = items.count - 1
    while place > 0, items[place].key < items[(place - 1) / 2].key {
      items.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  /// Must not be called when it is empty.
  mutating func removeFirst() {
    items.swapAt(0, items.count - 1)
    items.removeLast()
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < items.count && items[child].key < items[least].key { least = child }
      if least == place { return }
      items.swapAt(place, least)
      place = least
    }
  }
}
