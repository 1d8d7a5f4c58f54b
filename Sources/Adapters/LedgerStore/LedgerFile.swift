// The ledger is a sequence of segments, `pay/ledger/00000001` and on, each a file of 512-byte records that only grows.
// The last one is current. Its protocol, every step with what a crash after it leaves:
//
//   state         what moves it on                         what a crash leaves
//   none          the first writer: writes the head to     nothing, or a stray in tmp/ (removed after 36 hours); two
//                 tmp/, fsync, rename to 00000001          first writers: rename is exclusive, the second uses the first's
//                 exclusively, fsync pay/ledger
//   head only     the next writer: fsync of root, pay      a segment whose name may not be durable: the writer of the
//                 and pay/ledger, then as below            first posting makes it so first
//   open          a transaction: flock the file, check     before pwrite: nothing
//                 that it still has its name, ask for its  within pwrite: a short last record; the next writer cuts it
//                 size anew, read the tail, decide, look   after pwrite, before fdatasync: a record that may not survive
//                 that nothing is behind it, ONE pwrite,   a power cut; its reader syncs before reporting it
//                 index, unlock, fdatasync, answer
//   torn          the next writer: keeps the bytes in      the cut is repeated; the bytes may be in bad/ twice
//                 bad/, ftruncate, fsync
//   full          the next writer, under the same lock:    SEAL and no next segment: the next writer goes on from there
//                 SEAL, fdatasync, next segment as for
//                 "none" with the balances in its head
//   sealed        nobody                                   -
//   poisoned      a writer whose fdatasync failed makes    without the marker the process itself still refuses; others
//                 NNNNNNNN.poisoned and answers 74;        get the error from their own fdatasync, which the kernel
//                 `msg-pay repair` ends it                 reports once to every open file
//
// A tail is torn only if nothing proves that it was whole: it is the last thing in the last segment, a record cut short or
// zeros that a power cut left, and this boot's index never saw it. Of an append of several records a power cut may keep any:
// each says which of how many it is, and where one is missing at the end, all of them are torn, for no answer was given. Everything else
// that is no record is corruption: 65, touch nothing. The lock is on the segment itself, so there is no lock file to lose, and it is given
// back before fdatasync: the next writer appends while the disk is still busy, and one fdatasync makes both durable.

internal import DurableFiles
package import Ledger
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// The book on disk.
package final class LedgerFile: LedgerBook {
  let root: SpoolRoot
  let settings: LedgerSettings
  let clock: any Clock
  let purpose: LedgerPurpose
  let wait: LockWait
  let bootID: String?
  /// Set when this process learned that something it wrote may be lost.
  private var poisonedSegment: Int?

  /// Whether another host may have written in spite of a lock.
  private let isShared: Bool

  /// The ledger of the spool at `root`; nothing is opened yet. `wait` bounds how long a transaction waits for others. `isShared` says whether
  /// other hosts write to it; nil where its file system is to tell.
  package init(
    root: SpoolRoot, settings: LedgerSettings, clock: any Clock, purpose: LedgerPurpose, wait: LockWait, isShared: Bool? = nil
  ) {
    (self.root, self.settings, self.clock, self.purpose, self.wait) = (root, settings, clock, purpose, wait)
    self.isShared = isShared ?? root.isOnRemoteFileSystem
    bootID = root.isOnRemoteFileSystem ? root.directory.cacheIdentifier : bootIdentifier()
  }

  package func record(_ decide: (any BookView) throws(Failure) -> [Posting]) throws(Failure) {
    if let poisonedSegment { throw .poisoned(segment: poisonedSegment) }
    try record(decide, EntryIndex(root: root, purpose: purpose, now: clock.now(), bootID: bootID))
  }

  private func record(_ decide: (any BookView) throws(Failure) -> [Posting], _ index: EntryIndex) throws(Failure) {
    guard let (segment, records) = try openCurrent(index) else { return try refuseRecording(try decide(EmptyBook())) }
    let view = LedgerView(root: root, segment: segment, records: records, index: index)
    let currency = try segment.currency()
    var postings: [Posting]
    // In an older book a record says it, until the next segment does.
    var isCurrencyKnown = currency != nil
    do throws(Failure) {
      let said = if let currency { currency } else { try view.lastEntry(of: Posting.currencyID)?.posting.currency }
      isCurrencyKnown = said != nil
      try refuseOther(said)
      postings = try decide(view)
    } catch {
      guard view.isIndexWrong else { throw error }
      if segment.isLocked { segment.file.unlockEarly() }
      index.reject()
      try index.build(segment, to: records, wait: wait)
      return try record(decide, index)
    }
    if !postings.isEmpty {
      if !isCurrencyKnown { postings.insert(.currency(settings.currency), at: 0) }
      try refuseRecording(postings)
      try append(postings.map { .posting($0) }, to: segment, at: records, index)
    }
    // Closing would unlock too, but others are not to wait for the disk.
    if segment.isLocked { segment.file.unlockEarly() }
    if !postings.isEmpty || view.hasReportedEntry { try makeDurable(segment) }
    keepUp(index, segment, from: records, to: records + postings.count)
  }

  /// Keeps up what is derived from the ledger. The answer stands, so nothing that fails here changes it: damage is met again by the next
  /// has to read it.
  private func keepUp(_ index: EntryIndex, _ segment: Segment, from start: Int, to end: Int) {
    if start / PayerFilter.block != end / PayerFilter.block { try? PayerFilters(of: segment, in: root, bootID: bootID)?.complete(to: end) }
    if index.isCrowded { try? index.build(segment, to: start, wait: .never) }
  }

  /// 78 where the configuration has another currency than the book.
  func refuseOther(_ currency: Currency?) throws(Failure) {
    guard let currency, currency != settings.currency else { return }
    throw .otherCurrency(settings.currency, book: currency, place: "\(root.path)/\(SpoolFile.configuration)")
  }

  private func refuseRecording(_ postings: [Posting]) throws(Failure) {
    if purpose == .reading, !postings.isEmpty { throw Failure(.internalError, "a posting was to be recorded by a reader") }
  }

  /// Appends records behind record `count`, in one write, and tells the index.
  func append(_ contents: [Record.Content], to segment: Segment, at count: Int, _ index: EntryIndex?) throws(Failure) {
    var writer = RecordWriter(after: try segment.record(count - 1).link)
    let now = clock.now()
    for (index, content) in contents.enumerated() {
      writer.add(content, at: now, part: contents.count > 1 ? AppendPart(index + 1, of: contents.count) : nil)
    }
    let bytes = writer.bytes
    try refuseOverwriting(segment, at: count)
    do throws(SystemError) { try segment.file.write(all: bytes, at: count * Record.length) } catch {
      // Part of it may be there. Where even this fails, the next writer finds a torn tail and cuts it.
      _ = try? segment.file.truncate(to: count * Record.length)
      throw Failure(ledger: error)
    }
    index?.append(writer.records, segment, from: count)
  }

  /// What is behind the last record was cut off, so there is nothing. Where something is, another host has appended since: the lock was lost,
  /// for its file system took this host for dead, or the size was an old one. Nothing is written then.
  private func refuseOverwriting(_ segment: Segment, at count: Int) throws(Failure) {
    if !isShared { return }
    let place = count * Record.length
    let there = try onDisk { () throws(SystemError) in
      try segment.file.currentStatus().size > place ? true : !segment.file.read(1, at: place).isEmpty
    }
    if there { throw .overtaken(segment: segment.number) }
  }

  /// fdatasync; a failure poisons the segment (invariant 9).
  func makeDurable(_ segment: Segment) throws(Failure) {
    do throws(SystemError) { try segment.file.syncData() } catch {
      // On a file system mounted read-only there is nothing that is not durable.
      if purpose == .reading, error.code == .readOnly || error.code == .invalid { return }
      poisonedSegment = segment.number
      markPoisoned(segment)
      throw Failure(
        .inputOutput, "\(error.subject): \(error.call) failed: \(error.code)",
        remedy: "what was just written may be lost; check the disk, then run 'msg-pay repair'")
    }
  }

  /// Tells other processes as far as the failing disk allows; this one knows anyway.
  private func markPoisoned(_ segment: Segment) {
    do throws(SystemError) {
      let marker = try root.openOrCreate(LedgerPaths.poison(segment.number), in: root.directory)
      try marker.sync()
    } catch {
      return
    }
  }
}

/// The book before its first record.
private final class EmptyBook: BookView {
  func lastEntry(of id: MessageID) throws(Failure) -> BookEntry? { nil }
  func balance(of account: Account) throws(Failure) -> Balance? { nil }
  func state(of account: Name) throws(Failure) -> AccountState? { nil }
  func forEachEntry(of payer: Name?, newestFirst body: (BookEntry) throws(Failure) -> Bool) throws(Failure) {}
}
