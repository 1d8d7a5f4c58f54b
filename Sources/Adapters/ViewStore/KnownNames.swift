internal import Mailbox
internal import SharedKernel

/// The names of a view by their hashes: what is already known of a folder that is listed anew. A few bytes a message, so that a
/// million fit.
struct KnownNames {
  enum Finding { case unknown, unchanged, changed(Int) }

  private let seed: UInt64
  /// The index in the whole of each, their hashes, and where they were met: 1 in `new/`, 2 in `cur/`, 4 in an earlier listing.
  private(set) var indexes: [Int32] = []
  private var bases: [UInt64] = []
  private var names: [UInt64] = []
  private var met: [UInt8] = []
  private var slots: [Int32] = []

  init(seed: UInt64, capacity: Int) {
    self.seed = seed
    indexes.reserveCapacity(capacity)
    bases.reserveCapacity(capacity)
    names.reserveCapacity(capacity)
  }

  mutating func add(_ record: ViewRecord, at index: Int) {
    indexes.append(Int32(index))
    bases.append(record.baseHash)
    names.append(record.nameHash)
  }

  /// Makes the table, once all are added.
  mutating func settle() {
    var size = 16
    while size < bases.count * 2 { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
    for (entry, hash) in bases.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (size - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = Int32(entry)
    }
    met = [UInt8](repeating: 0, count: bases.count)
  }

  /// Goes on to another listing: what was met in those before counts as that, or not at all.
  mutating func startOver(keeping isKept: Bool) {
    for entry in met.indices { met[entry] = isKept && met[entry] != 0 ? 4 : 0 }
  }

  /// Takes the last listing alone.
  mutating func forgetEarlier() { for entry in met.indices { met[entry] &= 3 } }

  /// A name that was met in a folder: whether it is known, under that very name or, by its number here, under another.
  mutating func meet(_ name: borrowing Span<UInt8>, _ place: StoredMessage.Place) -> Finding {
    let hash = KnownNames.baseHash(name, seed: seed)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let entry = Int(slots[slot])
      if bases[entry] == hash {
        met[entry] |= place == .new ? 1 : 2
        return names[entry] == KnownNames.nameHash(name, place, seed: seed) ? .unchanged : .changed(entry)
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return .unknown
  }

  /// Those that were not met.
  var missing: [Int] { met.indices.filter { met[$0] == 0 } }
  var hasTwins: Bool { met.contains { $0 & 3 == 3 } }
  func wasMetLast(_ entry: Int) -> Bool { met[entry] & 3 != 0 }
  /// Whether one was met in `cur/`, where it is then, whatever stands in `new/`.
  func wasInCurrent(_ entry: Int) -> Bool { met[entry] & 2 != 0 }

  static func baseHash(_ name: borrowing Span<UInt8>, seed: UInt64) -> UInt64 {
    XXH64.hash(name.extracting(first: StoredMessage.baseLength(name)), seed: seed)
  }

  static func nameHash(_ name: borrowing Span<UInt8>, _ place: StoredMessage.Place, seed: UInt64) -> UInt64 {
    XXH64.hash(name, seed: seed &+ (place == .new ? 1 : 2))
  }
}
