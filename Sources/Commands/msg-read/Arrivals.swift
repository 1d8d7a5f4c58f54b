import Mailbox
import SharedKernel

/// Tells which messages of a mailbox came since the last look, whatever else happened to it: by the base names that were there.
struct Arrivals {
  private let folders: any MailboxFolders
  private var stamps: [FolderStamp?] = [nil, nil]
  /// Whether the last look at a folder came long enough after its last change for another to leave another time.
  private var isSettled = [false, false]
  /// No file system's clock ticks more slowly than every two seconds.
  private static let slowestTick = Duration.seconds(2)
  /// Hashes of the base names seen so far, sorted: eight bytes for each of perhaps a million.
  private var known: [UInt64] = []

  /// Everything that is there now is known.
  init(in folders: any MailboxFolders, now: Timestamp) throws(Failure) {
    self.folders = folders
    try look(now: now) { _ in }
  }

  /// The base names that are new.
  mutating func next(now: Timestamp) throws(Failure) -> Set<UInt64> {
    var found: Set<UInt64> = []
    try look(now: now) { found.formUnion($0) }
    return found
  }

  /// Calls `body` with the base names in a folder that were not known before.
  private mutating func look(now: Timestamp, _ body: ([UInt64]) -> Void) throws(Failure) {
    for (index, place) in StoredMessage.Place.allCases.enumerated() {
      let stamp = try folders.stamp(of: place)
      if stamp == stamps[index], isSettled[index] { continue }
      stamps[index] = stamp
      isSettled[index] = stamp.map { now.since(Timestamp(sinceEpoch: $0.modified)) > Arrivals.slowestTick } ?? true
      var seen: [UInt64] = []
      try folders.eachName(in: place) { name, isMessage in
        guard isMessage else { return }
        let hash = Arrivals.hash(name)
        if !knows(hash) { seen.append(hash) }
      }
      if seen.isEmpty { continue }
      body(seen)
      if known.isEmpty { known = seen } else { known += seen }
      known.sort()
    }
  }

  /// Binary search.
  private func knows(_ hash: UInt64) -> Bool {
    var (low, high) = (0, known.count)
    while low < high {
      let middle = (low + high) / 2
      if known[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low < known.count && known[low] == hash
  }

  static func hash(_ name: borrowing Span<UInt8>) -> UInt64 {
    XXH64.hash(name.extracting(first: StoredMessage.baseLength(name)), seed: 0)
  }
}
