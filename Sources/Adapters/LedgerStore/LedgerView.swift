internal import Ledger
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// The book as a transaction sees it. Every position the index gives is checked against the record there; one that
/// does not fit means that the index is worthless, and it is built anew: here where the ledger is short, else by the transaction, which
/// then begins again.
final class LedgerView: BookView {
  private let root: SpoolRoot
  private let segment: Segment
  private let records: Int
  private let index: EntryIndex
  /// Whether an entry of the current segment was reported, so that it must be durable before the answer is given.
  private(set) var hasReportedEntry = false
  /// Whether the index says what the ledger does not hold, and is too long to be built anew under the lock.
  private(set) var isIndexWrong = false

  init(root: SpoolRoot, segment: Segment, records: Int, index: EntryIndex) {
    (self.root, self.segment, self.records, self.index) = (root, segment, records, index)
  }

  func lastEntry(of id: MessageID) throws(Failure) -> BookEntry? {
    guard let (position, record) = try record(of: .payment(id)) else { return nil }
    if position.segment == segment.number { hasReportedEntry = true }
    return record.entry
  }

  func balance(of account: Account) throws(Failure) -> Balance? {
    switch try record(of: .account(account))?.record.content {
    case .posting(let posting): posting.balance
    case .balance(_, let balance, _): balance
    case .open, .head, .seal, nil: nil
    }
  }

  func state(of account: Name) throws(Failure) -> AccountState? {
    switch try record(of: .account(.prepaid(account)))?.record.content {
    case .posting(let posting): AccountState(posting)
    case .balance(_, let balance, let closing): AccountState(balance: balance, closing: closing)
    case .open, .head, .seal, nil: nil
    }
  }

  /// The segment is read as it is, under the lock that the transaction holds.
  func forEachEntry(of payer: Name?, newestFirst body: (BookEntry) throws(Failure) -> Bool) throws(Failure) {
    let numbers = try onDisk { () throws(SystemError) in try LedgerPaths.segments(in: root) }.filter { $0 <= segment.number }
    let snapshot = BookSnapshot(root: root, numbers: numbers, last: segment, lastCount: records, bootID: index.bootID)
    try snapshot.forEachEntry(of: payer, newestFirst: true, body)
  }

  private func record(of key: IndexKey) throws(Failure) -> (position: Position, record: Record)? {
    for _ in 0..<2 {
      do throws(CacheUnusable) {
        guard let position = try index.position(of: key) else { return nil }
        if let record = try? record(at: position), record.keys.contains(key) { return (position, record) }
        throw CacheUnusable()
      } catch {
        if index.isRebuilt { break }
        if try !index.rebuildIfFew(segment, to: records) {
          isIndexWrong = true
          break
        }
      }
    }
    throw Failure(
      .internalError, "the ledger's index does not find what it holds", remedy: "remove \(SpoolFolder.ledgerCache) and try again")
  }

  private func record(at position: Position) throws(Failure) -> Record? {
    if position.segment == segment.number { return position.record < records ? try segment.record(position.record) : nil }
    return try Segment.open(position.segment, in: root)?.record(position.record)
  }
}
