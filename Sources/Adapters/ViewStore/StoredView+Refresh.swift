internal import SpoolLayout
internal import DurableFiles
internal import Mailbox
internal import SharedKernel
internal import SystemCalls

extension StoredView {
  /// Brings what is known up to what is in the folders now, and writes it down. Of very many differences so many are taken in at
  /// once as memory allows, and the folders are listed again.
  func refresh() throws(Failure) {
    while true {
      let places = try differing(header)
      if places.isEmpty { return }
      let isKept = isWorthKeeping
      let clock = FolderClock(isKept ? try? newFile() : nil)
      guard let isComplete = try take(places, clock) else {
        // What was known cannot be read: everything is new.
        startAnew()
        continue
      }
      isBehind = true
      // A mailbox that is larger than was thought is looked at once more, by the clock, so that the view can be trusted.
      if isComplete, !isKept, isWorthKeeping { continue }
      save()
      // Where the folders do not rest, what was seen has to do.
      if isComplete { return }
    }
  }

  /// Whether there is a view already, or messages enough for one.
  var isWorthKeeping: Bool { mayWrite && (hasView || header.counts.total >= max(1, keepsFrom)) }

  /// Lists those folders and takes in what differs; false where that was too much for once, nil where what was known cannot be read.
  private func take(_ places: [StoredMessage.Place], _ clock: FolderClock) throws(Failure) -> Bool? {
    let view = try merged()
    guard var known = try? knownNames(in: places, view) else { return nil }
    var scan = FolderScan(limit: batch)
    var stamps: [FolderStamp?] = []
    for attempt in 1...StoredView.attempts {
      let time = clock.tick()
      stamps = try places.map(folders.stamp)
      let goesOn = scan.isComplete
      known.startOver(keeping: goesOn)
      if goesOn { scan.startOver() } else { scan = FolderScan(limit: batch) }
      for place in places { try scan.list(place, of: folders, &known) }
      let isUnchanged = try places.map(folders.stamp) == stamps
      // Few names are read by one system call, during which nothing is renamed. But between those of two folders a message may go
      // to the one that was listed before, and the clock may not have ticked since: then a second listing has it.
      let isQuick = isUnchanged && scan.met < 100 && (places.count == 1 || attempt > 1)
      let isResting = isUnchanged && !FolderClock.isRecent(stamps)
      // The clock had gone past the last change before this listing began, so one during it would show.
      let isExact = isUnchanged && stamps.allSatisfy { $0.map { FolderClock.isPast($0, at: time) } ?? true }
      let isWhole = isResting || isExact || isQuick && places.count == 1
      if isWhole {
        scan.forgetEarlier()
        known.forgetEarlier()
      }
      // Where the folders never rest each listing may miss what is renamed while it runs; all of them together do not, but may hold
      // what has just been removed, so the next look is not to trust them.
      if isWhole || isQuick || attempt == StoredView.attempts {
        stamps = stamps.map { $0.flatMap { isWhole && FolderClock.isPast($0, at: time) ? $0 : nil } }
        break
      }
    }
    // A message may have gone to the other folder since that was looked at, or be there under a name without a time.
    if places.count == 1, scan.hasUndated ? true : try differing(header).contains(where: { !places.contains($0) }) {
      return try take(StoredMessage.Place.allCases, clock)
    }
    header.hasTwins = known.hasTwins
    let renamed = RenamedNames(scan, known)
    let gone = scan.isComplete ? known.missing.map { Int(known.indexes[$0]) }.sorted() : []
    // A table of a million names and very many new ones need not be held at once.
    known = KnownNames(seed: 0, capacity: 0)
    let isRewritten = rewrite(view, renamed, scan, without: gone)
    var edit = ViewEdit(isRewritten ? try merged() : view, header)
    let arrivals = try ArrivedNames(scan, folders)
    do throws(CacheUnusable) {
      if !isRewritten { try edit.apply(renamed, scan, gone: gone) }
      try edit.insert(arrivals, scan)
    } catch { return nil }
    edit.commit()
    header = edit.header
    for (place, stamp) in zip(places, stamps) {
      let index = place == .new ? 0 : 1
      let isMissing = stamp == nil ? try folders.stamp(of: place) == nil : false
      header.folders[index] = FolderKnowledge(
        stamp: scan.isComplete ? stamp : nil, isMissing: isMissing, foreignEntries: scan.foreignEntries[index])
    }
    learned = [:]
    return scan.isComplete
  }

  /// The names that a header knows in those folders. Those in `new/` are mostly the newest: they are sought from that end.
  private func knownNames(in places: [StoredMessage.Place], _ view: MergedView) throws(CacheUnusable) -> KnownNames {
    let onlyNew = places == [.new]
    let wanted = onlyNew ? header.countInNew : places == [.cur] ? view.count - header.countInNew : view.count
    var known = KnownNames(seed: header.seed, capacity: wanted)
    var index = view.count - 1
    while index >= 0, known.indexes.count < wanted {
      let record = try view.record(index)
      if places.count == 2 || record.facts.state.contains(.new) == onlyNew { known.add(record, at: index) }
      index -= 1
    }
    known.settle()
    return known
  }
}

/// What time it is for the file system: the time it gives a file that is written now.
struct FolderClock {
  /// The file, which becomes the view.
  let file: TemporaryFile?

  init(_ file: TemporaryFile?) { self.file = file }

  /// The time since the epoch; nil where nothing can be written.
  func tick() -> Duration? {
    guard let file else { return nil }
    do throws(SystemError) {
      try file.descriptor.write(all: [0], at: 0)
      return try file.descriptor.status().modified
    } catch { return nil }
  }

  /// Whether names that change from now on leave another stamp.
  static func isPast(_ stamp: FolderStamp, at time: Duration?) -> Bool {
    guard let time else { return false }
    return stamp.modified < time && stamp.changed < time
  }

  /// Whether a rename during the listing could have left the times as they were.
  static func isRecent(_ stamps: [FolderStamp?]) -> Bool {
    stamps.contains { stamp in stamp.map { wallClock() - $0.modified < .milliseconds(20) } ?? false }
  }
}
