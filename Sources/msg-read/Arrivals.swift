import Mailbox
import SharedKernel

/// Tells which messages of a mailbox came since the last look, whatever else happened to it: by the base names that were there.
struct Arrivals {
  private let folders: any MailboxFolders
  private var stamps: [FolderStamp?] = [nil, nil]
  /// Whether the last look at a folder came long enough after its last change for another to leave another time.
  private var isSettled = [false, false]
  /// No file system's clock ticks more slowly than every two seconds.
  private static let slowestTick: Int64 = 2_000_000
  /// Hashes of the base names seen so far.
  private var known: Set<UInt64> = []

  /// Everything that is there now is known.
  init(in folders: any MailboxFolders, now: Int64) throws {
    self.folders = folders
    _ = try next(now: now)
  }

  /// The base names that are new. `now` is in microseconds since the epoch.
  mutating func next(now: Int64) throws -> Set<UInt64> {
    var found: Set<UInt64> = []
    for (index, place) in StoredMessage.Place.allCases.enumerated() {
      let stamp = try folders.stamp(of: place)
      if stamp == stamps[index], isSettled[index] { continue }
      stamps[index] = stamp
      isSettled[index] = stamp.map { now - $0.modified / 1000 > Arrivals.slowestTick } ?? true
      let before = known
      var seen: Set<UInt64> = []
      try folders.eachName(in: place) { name, isMessage in
        guard isMessage else { return }
        let hash = Arrivals.hash(name)
        if !before.contains(hash) { seen.insert(hash) }
      }
      found.formUnion(seen)
      known.formUnion(seen)
    }
    return found
  }

  static func hash(_ name: borrowing Span<UInt8>) -> UInt64 {
    XXH64.hash(name.extracting(first: StoredMessage.baseLength(name)), seed: 0)
  }
}
