package import Ledger
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// What is read in a book from its beginning.
package enum BookItem: Hashable, Sendable {
  case entry(Entry)
  /// What an account had when the oldest segment that is still there began.
  case carried(Account, Int64, Timestamp)
}

/// The whole book as it stood at one moment. The lock is held only to find where it ends: what is before that never
/// changes, so a pager that stands still keeps nobody waiting.
package final class BookSnapshot {
  private let root: SpoolRoot
  private let numbers: [Int]
  private let last: Segment?
  private let lastCount: Int

  init(root: SpoolRoot, numbers: [Int], last: Segment?, lastCount: Int) {
    (self.root, self.numbers, self.last, self.lastCount) = (root, numbers, last, lastCount)
  }

  /// Every item in order; 65 at the first record that is none.
  package func forEach(_ body: (BookItem) throws(Failure) -> Void) throws(Failure) {
    for number in numbers {
      guard let segment = number == last?.number ? last : try Segment.open(number, in: root) else {
        throw Failure(.badData, "\(LedgerPaths.segment(number)) is missing", remedy: "put it back from a copy; see 'msg-pay verify'")
      }
      let count = number == last?.number ? lastCount : segment.status.size / Record.length
      try segment.scan(from: 0, to: count, after: nil) { record, _ throws(Failure) in
        switch record.content {
        case .posting(let posting): try body(.entry(Entry(sequence: record.sequence, time: record.time, posting: posting)))
        case .balance(let account, let balance) where number == numbers.first: try body(.carried(account, balance, record.time))
        case .balance, .open, .head, .seal: break
        }
      }
    }
  }

  /// The entries in order until `body` returns false: all, or those of one payer. Of others' records only checksum and number are checked,
  /// and no record's chain: that is for `forEach` and for verifying.
  package func forEachEntry(of payer: Name?, _ body: (Entry) throws(Failure) -> Bool) throws(Failure) {
    var scan = RecordScan()
    for number in numbers {
      guard let segment = number == last?.number ? last : try Segment.open(number, in: root) else {
        throw Failure(.badData, "\(LedgerPaths.segment(number)) is missing", remedy: "put it back from a copy; see 'msg-pay verify'")
      }
      let count = number == last?.number ? lastCount : segment.status.size / Record.length
      let goesOn = try scan.read(segment, from: 0, to: count) { bytes, offset, index throws(Failure) in
        if let payer, !RecordScan.mayBeOf(payer, bytes, offset) { return true }
        let record = try segment.record(index)
        guard case .posting = record.content, let entry = record.entry, payer == nil || entry.posting.payer == payer else { return true }
        return try body(entry)
      }
      if !goesOn { return }
    }
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
  package func balances() throws(Failure) -> [Name: Int64] {
    var balances: [Name: Int64] = [:]
    try last?.scan(from: 0, to: lastCount, after: nil) { record, _ throws(Failure) in
      switch record.content {
      case .posting(let posting): if let owner = posting.owner { balances[owner] = posting.balance }
      case .balance(let account, let balance): if let owner = account.owner { balances[owner] = balance }
      case .open, .head, .seal: break
      }
    }
    return balances
  }
}

extension LedgerFile: LedgerEntries {
  package func forEachEntry(_ body: (Entry) throws(Failure) -> Void) throws(Failure) {
    try snapshot().forEach { item throws(Failure) in if case .entry(let entry) = item { try body(entry) } }
  }

  package func forEachEntry(of payer: Name, _ body: (Entry) throws(Failure) -> Bool) throws(Failure) {
    try snapshot().forEachEntry(of: payer, body)
  }

  /// The book as it stands now; empty where there is no ledger.
  package func snapshot() throws(Failure) -> BookSnapshot {
    let reader = LedgerFile(root: root, settings: settings, clock: clock, purpose: .reading, wait: wait)
    guard let (segment, count) = try reader.lockTail() else { return BookSnapshot(root: root, numbers: [], last: nil, lastCount: 0) }
    if segment.isLocked { try onDisk { () throws(SystemError) in try segment.file.unlock() } }
    let numbers = try onDisk { () throws(SystemError) in try LedgerPaths.segments(in: root) }.filter { $0 <= segment.number }
    return BookSnapshot(root: root, numbers: numbers, last: segment, lastCount: count)
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
