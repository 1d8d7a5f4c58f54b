package import Ledger
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// What is read in a book from its beginning.
package enum BookItem: Hashable, Sendable {
  case entry(BookEntry)
  /// What an account had when the oldest segment that is still there began.
  case carried(Account, Balance, Timestamp)
}

/// The whole book as it stood at one moment. The lock is held only to find where it ends: what is before that never
/// changes, so a pager that stands still blocks no other process.
package final class BookSnapshot {
  private let root: SpoolRoot
  private let numbers: [Int]
  private let last: Segment?
  private let lastCount: Int
  private let bootID: String?
  /// Whether the end was found under the ledger's lock.
  private var wasLocked: Bool { last?.isLocked == true }

  init(root: SpoolRoot, numbers: [Int], last: Segment?, lastCount: Int, bootID: String?) {
    (self.root, self.numbers, self.last, self.lastCount, self.bootID) = (root, numbers, last, lastCount, bootID)
  }

  /// Every item in order; 65 at the first record that is none.
  package func forEach(_ body: (BookItem) throws(Failure) -> Void) throws(Failure) {
    for number in numbers {
      let segment = try segment(number)
      try segment.scan(from: 0, to: count(of: segment), after: nil) { record, _ throws(Failure) in
        switch record.content {
        case .posting(let posting): try body(.entry(BookEntry(sequence: record.sequence, time: record.time, posting: posting)))
        case .balance(let account, let balance, _) where number == numbers.first: try body(.carried(account, balance, record.time))
        case .balance, .open, .head, .seal: break
        }
      }
    }
  }

  /// The entries of one payer or sender, or all, until `body` returns false. Blocks that have none of the payer's, as their filters say, are passed
  /// over; of others' records in the blocks that are read only checksum and number are checked, and no record's chain: that is for
  /// `forEach` and for verifying.
  package func forEachEntry(of payer: Name?, newestFirst: Bool = false, _ body: (BookEntry) throws(Failure) -> Bool) throws(Failure) {
    for number in newestFirst ? numbers.reversed() : numbers {
      let segment = try segment(number)
      let count = count(of: segment)
      let filters = payer == nil ? nil : PayerFilters(of: segment, in: root, bootID: bootID)
      let blocks = 0..<(count + PayerFilter.block - 1) / PayerFilter.block
      for block in newestFirst ? Array(blocks.reversed()) : Array(blocks) {
        let range = block * PayerFilter.block..<min(count, (block + 1) * PayerFilter.block)
        let known = filters?.filter(of: block)
        if let payer, known?.mayHave(PayerHash(payer)) == false { continue }
        var (entries, filter, scan) = ([BookEntry](), PayerFilter(), RecordScan())
        _ = try scan.read(segment, from: range.lowerBound, to: range.upperBound) { bytes, offset, index throws(Failure) in
          if let payer {
            if known == nil { PayerHash.forEach(in: bytes, at: offset) { filter.insert($0) } }
            if !RecordScan.mayBeOf(payer, bytes, offset) { return true }
          }
          let record = try segment.record(index)
          if case .posting = record.content, let entry = record.entry, payer.map(entry.posting.concerns) ?? true {
            entries.append(entry)
          }
          return true
        }
        // Without the lock the last records may not be whole.
        if let filters, known == nil, range.count == PayerFilter.block, wasLocked { filters.keep(filter, of: block) }
        for entry in newestFirst ? entries.reversed() : entries where try !body(entry) { return }
      }
    }
  }

  private func segment(_ number: Int) throws(Failure) -> Segment {
    guard let segment = number == last?.number ? last : try Segment.open(number, in: root) else {
      throw Failure(.badData, "\(LedgerPaths.segment(number)) is missing", remedy: "put it back from a copy; see 'msg-pay verify'")
    }
    return segment
  }

  private func count(of segment: Segment) -> Int {
    segment.number == last?.number ? lastCount : segment.status.size / Record.length
  }

  /// The payments whose gateways still owe an answer, oldest first; read from the current segment, whose head has those of
  /// earlier ones.
  package func openPayments() throws(Failure) -> [Payment] {
    var open: [MessageID: Payment] = [:]
    try last?.scan(from: 0, to: lastCount, after: nil) { record, _ throws(Failure) in
      guard let payment = record.entry.flatMap({ Payment($0) }) else { return }
      open[payment.id] = payment.isOpen ? payment : nil
    }
    return open.values.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
  }

  /// The balance of every prepaid account; read from the current segment, whose head has them all.
  package func balances() throws(Failure) -> [Name: Balance] {
    var balances: [Name: Balance] = [:]
    try last?.scan(from: 0, to: lastCount, after: nil) { record, _ throws(Failure) in
      switch record.content {
      case .posting(let posting): if let owner = posting.owner { balances[owner] = posting.balance }
      case .balance(let account, let balance, _): if let owner = account.owner { balances[owner] = balance }
      case .open, .head, .seal: break
      }
    }
    return balances
  }
}

extension Posting {
  fileprivate func concerns(_ name: Name) -> Bool { payer == name || sender == name }
}

extension LedgerFile: LedgerEntries {
  package func forEachEntry(of payer: Name?, newestFirst body: (BookEntry) throws(Failure) -> Bool) throws(Failure) {
    try snapshot().forEachEntry(of: payer, newestFirst: true, body)
  }

  /// The book as it stands now; empty where there is no ledger.
  package func snapshot() throws(Failure) -> BookSnapshot {
    let reader = LedgerFile(root: root, settings: settings, clock: clock, purpose: .reading, wait: wait)
    guard let (segment, count) = try reader.lockTail() else {
      return BookSnapshot(root: root, numbers: [], last: nil, lastCount: 0, bootID: nil)
    }
    try refuseOther(segment.currency())
    if segment.isLocked { segment.file.unlockEarly() }
    let numbers = try onDisk { () throws(SystemError) in try LedgerPaths.segments(in: root) }.filter { $0 <= segment.number }
    return BookSnapshot(root: root, numbers: numbers, last: segment, lastCount: count, bootID: bootID)
  }

  /// The last segment under a shared lock and how many whole records it has; nil where there is no ledger.
  private func lockTail() throws(Failure) -> (Segment, Int)? {
    guard var number = try onDisk({ () throws(SystemError) in try LedgerPaths.segments(in: root).last }) else { return nil }
    while true {
      // Read before the segment is: a writer between the two makes the file longer than the index says, never shorter.
      let index = EntryIndex(root: root, purpose: .reading, now: clock.now(), bootID: bootID)
      guard let segment = try Segment.lock(number, in: root, for: .reading, wait: wait) else { return nil }
      let count = try wholeRecords(of: segment, seen: index.wholeBytes(of: segment) ?? 0)
      guard try segment.record(count - 1).content == .seal, try Segment.open(number + 1, in: root) != nil else { return (segment, count) }
      number += 1
    }
  }
}

extension BookSnapshot {
  /// The names of all prepaid accounts, closed ones too, sorted. Of each record in the current segment only what it is and its account are
  /// looked at, and no checksum: for what is shown to choose from, never for a decision.
  package func accountNames() throws(Failure) -> [Name] {
    guard let last else { return [] }
    var names: Set<Name> = []
    let chunk = 2048
    for start in stride(from: 0, to: lastCount, by: chunk) {
      let wanted = min(chunk, lastCount - start)
      let bytes = try onDisk { () throws(SystemError) in try last.file.read(wanted * Record.length, at: start * Record.length) }
      for slot in 0..<bytes.count / Record.length {
        let kind = bytes.span.extracting(slot * Record.length + 41..<slot * Record.length + 43)
        // CKPT, OPEN and MOVE: what an account begins with in a segment.
        guard BookSnapshot.isBeginning(kind[0], kind[1]) else { continue }
        for column in [74, 139] {
          let word = bytes[(slot * Record.length + column)...].prefix(64).prefix { $0 != UInt8(ascii: " ") }
          if let name = Name(String(decoding: word, as: UTF8.self)) { names.insert(name) }
        }
      }
    }
    return names.sorted()
  }

  private static func isBeginning(_ first: UInt8, _ second: UInt8) -> Bool {
    switch (first, second) {
    case (UInt8(ascii: "C"), UInt8(ascii: "K")), (UInt8(ascii: "O"), UInt8(ascii: "P")), (UInt8(ascii: "M"), UInt8(ascii: "O")): true
    default: false
    }
  }
}
