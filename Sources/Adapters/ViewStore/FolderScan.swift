internal import SharedKernel
internal import Mailbox

/// What listings of the folders found that a view does not say.
struct FolderScan {
  /// A name that was met; its bytes lie in `bytes`. Sixteen bytes, for there may be very many.
  struct ScannedName {
    let place: StoredMessage.Place
    private let start, length: Int32
    private let entry: Int32

    init(place: StoredMessage.Place, range: Range<Int>, known: Int?) {
      (self.place, start, length, entry) = (place, Int32(range.lowerBound), Int32(range.count), known.map { Int32($0) } ?? -1)
    }

    var range: Range<Int> { Int(start)..<Int(start) + Int(length) }
    /// The number of the known one that it is another name of; nil for one that is new.
    var known: Int? { entry < 0 ? nil : Int(entry) }
  }

  /// In the order met; at most `limit`.
  private(set) var names: [ScannedName] = []
  private(set) var bytes: [UInt8] = []
  private(set) var foreignEntries = [0, 0]
  /// Of the last listing, as the numbers above.
  private(set) var met = 0
  /// The index of the first name that the last listing met.
  private(set) var lastStart = 0
  /// Nothing was left out for want of room.
  private(set) var isComplete = true
  /// Whether a new name has no time in it. What it is another name of is then not found by its place in the order.
  var hasUndated: Bool { names.contains { $0.known == nil && StoredMessage.delivered(inName: bytes[$0.range].span) == nil } }
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Goes on to another listing, which may have met what this one missed and miss what this one met.
  mutating func startOver() { (lastStart, met, foreignEntries) = (names.count, 0, [0, 0]) }

  /// Takes the last listing alone.
  mutating func forgetEarlier() {
    names.removeFirst(lastStart)
    lastStart = 0
  }

  /// Lists one folder.
  mutating func list(_ place: StoredMessage.Place, of folders: any MailboxFolders, _ known: inout KnownNames) throws(Failure) {
    let index = place == .new ? 0 : 1
    var (scan, table) = (self, known)
    // Held once, not shared: the loop changes them a million times.
    (self, known) = (FolderScan(limit: 0), KnownNames(seed: 0, capacity: 0))
    defer { (self, known) = (scan, table) }
    try folders.eachName(in: place) { name, isMessage in
      guard isMessage else {
        scan.foreignEntries[index] += 1
        return
      }
      scan.met += 1
      switch table.meet(name, place) {
      case .unchanged: break
      case .changed(let entry): scan.take(name, place, entry)
      case .unknown: scan.take(name, place, nil)
      }
    }
  }

  private mutating func take(_ name: borrowing Span<UInt8>, _ place: StoredMessage.Place, _ known: Int?) {
    guard names.count < limit else {
      isComplete = false
      return
    }
    let start = bytes.count
    for index in 0..<name.count { bytes.append(name[index]) }
    names.append(ScannedName(place: place, range: start..<bytes.count, known: known))
  }

  /// The name with that index, without what readers change of it.
  func base(_ index: Int32) -> ArraySlice<UInt8> { StoredMessage.base(ofName: bytes[names[Int(index)].range]) }
}
