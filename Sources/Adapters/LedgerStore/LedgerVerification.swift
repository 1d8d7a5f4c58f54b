internal import Ledger
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// Something in the ledger that no run of the tools leaves behind.
package struct LedgerFault: Hashable, Sendable, CustomStringConvertible {
  /// `pay/ledger/00000001:record 7`, or the file alone.
  package let place: String
  package let what: String
  let segment: Int

  package var description: String { "\(place): \(what)" }
}

extension LedgerFile {
  /// Reads the whole ledger and checks every record against all before it; empty when all is well. A record that is
  /// still being written, or that a crash cut short, is no fault.
  package func verify() throws(Failure) -> [LedgerFault] { try verify(locked: nil) }

  /// The same while this process holds the lock of the last segment.
  func verify(locked: Segment?) throws(Failure) -> [LedgerFault] {
    let numbers = try onDisk { () throws(SystemError) in try LedgerPaths.segments(in: root) }
    var check = LedgerCheck(first: numbers.first)
    for number in numbers {
      guard let segment = try Segment.open(number, in: root) else { continue }
      if try onDisk({ () throws(SystemError) in try root.directory.status(of: LedgerPaths.poison(number)) }) != nil {
        check.fault(number, nil, "is marked as poisoned: a write to it could not be made durable")
      }
      try check.read(
        segment, records: try recordsToCheck(segment, isLast: number == numbers.last, locked, &check), isLast: number == numbers.last)
    }
    return check.faults
  }

  /// How many records are to be there; a damaged end is a fault and then counts as far as the file goes.
  private func recordsToCheck(_ segment: Segment, isLast: Bool, _ held: Segment?, _ check: inout LedgerCheck) throws(Failure) -> Int {
    let size = segment.status.size
    guard isLast else {
      if size % Record.length != 0 { check.fault(segment.number, size / Record.length + 1, "is incomplete, and a later segment exists") }
      return size / Record.length
    }
    // The same judgement as a writer's, under the lock, so that an append in progress is not taken for damage.
    let reader = LedgerFile(root: root, settings: settings, clock: clock, purpose: .reading, wait: wait)
    var locked = held
    if locked == nil { locked = try Segment.lock(segment.number, in: root, for: .reading, wait: wait) }
    guard let locked else { return size / Record.length }
    let index = EntryIndex(root: root, purpose: .reading, now: clock.now(), bootID: bootID)
    let records = locked.status.size / Record.length
    do throws(Failure) {
      switch try reader.judgeTail(of: locked, seen: index.wholeBytes(of: locked) ?? 0) {
      case .whole(let count), .torn(let count): return min(count, records)
      case .damaged(let record, let what):
        check.fault(segment.number, record, what)
        return records
      }
    } catch {
      guard error.kind == .badData else { throw error }
      // The reading of the records finds the same one.
      return records
    }
  }
}

/// A reading of the whole ledger that goes on after a fault.
private struct LedgerCheck {
  /// Records that are read at once.
  private static let chunk = 128
  private(set) var faults: [LedgerFault] = []
  private var places: Set<String> = []
  private var link: Link?
  private var expectedNumber: Int?
  private var audit: BookAudit

  init(first: Int?) {
    let isComplete = first == LedgerPaths.firstSegment
    link = isComplete ? .start : nil
    audit = BookAudit(isComplete: isComplete)
  }

  mutating func fault(_ segment: Int, _ record: Int?, _ what: String) {
    let place = LedgerPaths.segment(segment) + (record.map { ":record \($0)" } ?? "")
    // Of a record the first fault: further ones follow from it.
    if record == nil || places.insert(place).inserted { faults.append(LedgerFault(place: place, what: what, segment: segment)) }
  }

  mutating func read(_ segment: Segment, records: Int, isLast: Bool) throws(Failure) {
    let number = segment.number
    if let expectedNumber, expectedNumber != number {
      fault(number, nil, "follows \(LedgerPaths.name(expectedNumber - 1)): a segment is missing between them")
      link = nil
    }
    expectedNumber = number + 1
    if records == 0 { fault(number, nil, "is empty") }
    var headSum: Int64 = 0
    var headLeft = 0
    var balancesLeft = 0
    // The accounts that the head has to name; nil where that cannot be told, or was.
    var missing: Set<Account>?
    var openMissing: Set<MessageID> = []
    var bytes: [UInt8] = []
    for index in 0..<records {
      let slot = index % LedgerCheck.chunk
      if slot == 0 {
        let length = min(LedgerCheck.chunk, records - index) * Record.length
        bytes = try onDisk { () throws(SystemError) in try segment.file.read(length, at: index * Record.length) }
      }
      let record: Record
      do throws(RecordDamage) { record = try Record(at: slot, of: bytes, after: link) } catch {
        fault(number, index + 1, error.what)
        // The next one is compared with nothing; the one after it with the next.
        link = nil
        headLeft -= 1
        missing = nil
        continue
      }
      link = record.link
      switch record.content {
      case .head(let accounts, let open, _):
        if index != 0 { fault(number, index + 1, "is a head, but not the first record") }
        headLeft = accounts + open
        balancesLeft = accounts
        missing = audit.accounts
        openMissing = audit.open
      case .balance(let account, let balance, let closing):
        headLeft -= 1
        balancesLeft -= 1
        missing?.remove(account)
        if index == 0 || headLeft < 0 { fault(number, index + 1, "is a balance outside the head") }
        headSum &+= balance.units
        if balancesLeft == 0, headSum != 0 { fault(number, index + 1, "the balances of the head add up to \(headSum), not to zero") }
        if let wrong = audit.check(balance: balance, of: account, closing) { fault(number, index + 1, wrong) }
      case .open(let posting):
        headLeft -= 1
        if let id = posting.id { openMissing.remove(id) }
        if index == 0 || headLeft < 0 { fault(number, index + 1, "is an open payment outside the head") }
        if let wrong = audit.check(open: BookEntry(sequence: record.sequence, time: record.time, posting: posting)) {
          fault(number, index + 1, wrong)
        }
      case .seal: if index != records - 1 { fault(number, index + 1, "is a seal, but not the last record") }
      case .posting(let posting):
        if index == 0 || headLeft > 0 { fault(number, index + 1, "is a posting within the head") }
        for wrong in audit.check(BookEntry(sequence: record.sequence, time: record.time, posting: posting)) {
          fault(number, index + 1, wrong)
        }
      }
      if headLeft == 0, let names = missing {
        let absent = names.map { $0.description }.sorted() + openMissing.map { $0.description }.sorted()
        if !absent.isEmpty { fault(number, 1, "is a head without \(absent.joined(separator: ", "))") }
        missing = nil
      }
      if index == records - 1, !isLast, record.content != .seal { fault(number, index + 1, "is the last, but not a seal") }
    }
  }
}
