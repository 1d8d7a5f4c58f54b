package import Mailbox
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// The view of one mailbox, brought up to date when it is opened. `ViewFile.swift` says how it is kept.
package final class StoredView: MailboxView {
  /// How often the folders are listed when they do not rest.
  static let attempts = 8
  /// How many records a file of changes may have besides one for each 256 of the view: writing it costs as much as they take.
  private static let changesBase = 512
  /// How many differences are taken in at once, so that memory hardly grows with the mailbox: of a million about half of 64 MiB is
  /// the table of their names, the rest leaves room for so many.
  package static let batch = 3 << 15

  /// A mailbox of fewer messages gets no view: its names are read by one system call, so a view is not worth a write.
  package static let worthKeeping = 64

  let folders: any MailboxFolders
  let root: SpoolRoot
  let user: Name
  let mayWrite: Bool
  let keepsFrom: Int
  let batch: Int

  /// What is known now, on disk or not.
  var header: ViewHeader
  /// Nil until more than the counts is asked for.
  private var opened: MergedView?
  /// What was looked at since, by index.
  var learned: [Int: MailboxEntry] = [:]
  /// Whether what is on disk is behind what is known.
  var isBehind = false

  /// `mayWrite` is false where nothing may be made in the spool; then everything is learned again each time.
  package init(
    of user: Name, folders: any MailboxFolders, in root: SpoolRoot, mayWrite: Bool,
    keepsFrom: Int = StoredView.worthKeeping, batch: Int = StoredView.batch
  ) throws(Failure) {
    (self.folders, self.root, self.user, self.mayWrite) = (folders, root, user, mayWrite)
    (self.keepsFrom, self.batch) = (keepsFrom, batch)
    header = ViewHeader(id: 0, seed: 0)
    try load()
    try refresh()
  }

  package var counts: MailboxCounts { header.counts }
  package var foreignEntries: Int { header.folders[0].foreignEntries + header.folders[1].foreignEntries }

  var changesName: String { "\(user),changes" }

  /// Beyond so many changes the view is written anew.
  var changesLimit: Int { StoredView.changesBase + (opened?.below?.header.recordCount ?? 0) / 256 }

  /// `views/`; nil where there is none, or it cannot be looked into.
  private func viewFolder() -> Directory? { (try? root.folderIfPresent(.views)) ?? nil }

  /// Takes the header that says most: that of the changes where the folders are as it says, without a look at the view below.
  private func load() throws(Failure) {
    guard let views = viewFolder() else { return startAnew() }
    if let changes = try? ViewFile(opening: changesName, in: views), changes.header.below != 0, try differing(changes.header).isEmpty {
      header = changes.header
    } else if (try? open(in: views)) == nil {
      startAnew()
    }
  }

  /// Opens the view with those changes that belong to it.
  private func open(in views: Directory) throws(CacheUnusable) {
    let below = try ViewFile(opening: user.text, in: views)
    var (set, head) = (ChangeSet(), below.header)
    if let file = try? ViewFile(opening: changesName, in: views), file.header.below == below.header.id, file.header.seed == head.seed,
      let read = try? ChangeSet(file, below: below.header.recordCount)
    {
      (set, head) = (read, file.header)
    }
    let merged = MergedView(below, set)
    if merged.count != head.counts.total { throw CacheUnusable() }
    (header, opened) = (head, merged)
  }

  /// Nothing is known.
  func startAnew() {
    // Where the generator fails, names hash as well under a seed that is known.
    let drawn = (try? drawNumber()) ?? 0
    header = ViewHeader(id: drawn, seed: drawn)
    opened = MergedView(nil, ChangeSet())
    learned = [:]
  }

  /// The records, opened when first needed.
  func merged() throws(Failure) -> MergedView {
    if let opened { return opened }
    if let views = viewFolder(), (try? open(in: views)) != nil, try differing(header).isEmpty, let opened { return opened }
    // The view below is gone, or another process has just written a new one.
    if opened == nil { startAnew() }
    try refresh()
    return opened ?? MergedView(nil, ChangeSet())
  }

  /// Whether there is a view on disk that this one goes on from.
  var hasView: Bool { header.below != 0 || opened?.below != nil }

  func adopt(_ merged: MergedView) { opened = merged }

  /// The folders that are not as a header says.
  func differing(_ header: ViewHeader) throws(Failure) -> [StoredMessage.Place] {
    var places: [StoredMessage.Place] = []
    for (index, place) in StoredMessage.Place.allCases.enumerated() {
      let known = header.folders[index]
      guard let stamp = try folders.stamp(of: place) else {
        if !known.isMissing { places.append(place) }
        continue
      }
      if known.stamp != stamp { places.append(place) }
    }
    return header.hasTwins && !places.isEmpty ? StoredMessage.Place.allCases : places
  }

  /// Runs something on the records; where they cannot be read, lists everything anew and runs it again.
  func reading<Value>(_ body: (MergedView) throws(CacheUnusable) -> Value) throws(Failure) -> Value {
    let view = try merged()
    do throws(CacheUnusable) { return try body(view) } catch { startAnew() }
    try refresh()
    let anew = try merged()
    do throws(CacheUnusable) { return try body(anew) } catch {
      throw Failure(.temporary, "the list of \(user)'s mailbox cannot be kept", remedy: "try again; see the room in tmp/ and views/")
    }
  }

  /// Makes a file in `tmp/`; nil where that cannot be.
  func temporaryFolder() -> Directory? {
    guard mayWrite else { return nil }
    return try? root.ensureCacheFolder(.temporary)
  }

  /// `views/`, made where it is missing; no crash has to be outlived, so nothing is synced.
  func ensureViewFolder() throws(CacheUnusable) -> Directory {
    try usable(root.ensureCacheFolder(.views))
  }
}

// MARK: what readers ask

extension StoredView {
  /// Opens the records. Where another process has written a new view meanwhile the mailbox is looked at anew, so what was counted before
  /// may not be what is there.
  package func settle() throws(Failure) { _ = try reading { $0.count } }

  package func state(of number: Int) throws(Failure) -> MessageState {
    try reading { view throws(CacheUnusable) in
      // After a rebuild there may be fewer: the rest is unused.
      number <= view.count ? try view.record(number - 1).facts.state : []
    }
  }

  package func entry(_ number: Int) throws(Failure) -> MailboxEntry {
    if let known = learned[number - 1] { return known }
    let entry = try reading { view throws(CacheUnusable) -> MailboxEntry? in number <= view.count ? try view.entry(number - 1) : nil }
    guard let entry else { throw Failure(.temporary, "message \(number): the mailbox has just changed", remedy: "try again") }
    return entry
  }

  package func completed(_ entry: MailboxEntry) throws(Failure) -> MailboxEntry? {
    guard let summary = try folders.summary(of: entry.message) else { return nil }
    let complete = MailboxEntry(number: entry.number, summary)
    if learned.count < StoredView.changesBase { learned[entry.number - 1] = complete }
    return complete
  }

  package func expect(complete count: Int) throws(Failure) {
    let missing = header.counts.total - header.completeCount
    guard mayWrite, min(count, missing) > StoredView.changesBase else { return }
    // Where that fails each is looked at when its turn comes.
    if let view = try? merged() { _ = try? writeComplete(view) }
  }
}
