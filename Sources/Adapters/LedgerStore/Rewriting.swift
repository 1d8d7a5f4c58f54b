internal import Ledger
internal import SharedKernel
internal import SystemCalls

/// Intact records being put together anew, segment after segment.
struct Rewriting {
  struct Result {
    let bytes: [UInt8]
    let kept: Int
    let lost: Int
    let corrections: Int
  }

  private var link: Link
  /// Nil until a head was read, where the book begins with this segment.
  private var state: BookState?
  private var corrections = 0

  init(after start: (link: Link, state: BookState?)) { (link, state) = start }

  /// The new content of a segment.
  mutating func rewrite(_ segment: Segment, isLast: Bool) throws(Failure) -> Result {
    corrections = 0
    var (intact, lost): ([Record], Int) = ([], 0)
    let end = try isLast ? segment.endWithoutTornAppend() : nil
    for index in 0..<(end ?? (segment.status.size + Record.length - 1) / Record.length) {
      // A record that the disk cannot read is as lost as a damaged one.
      if let record = try? segment.record(index) { intact.append(record) } else { lost += 1 }
    }
    var carried: [Account: Balance] = [:]
    var (open, closings) = ([MessageID: BookEntry](), [Account: Closing]())
    var currency: Currency?
    for record in intact {
      if case .balance(let account, let balance, let closing) = record.content {
        (carried[account], closings[account]) = (balance, closing)
      }
      if case .head(_, _, let said) = record.content { currency = said }
      if case .open(let posting) = record.content, let id = posting.id { open[id] = record.entry }
    }
    let known = state ?? BookState(Rewriting.balanced(carried), open: open, closings: closings, currency: currency)
    state = known
    guard let time = intact.first?.time else {
      throw Failure(.badData, "\(LedgerPaths.segment(segment.number)): no record in it is intact", remedy: "put it back from a copy")
    }
    var writer = RecordWriter(after: link)
    writer.addHead(known, at: time)
    for (account, balance) in carried.sorted(by: { "\($0.key)" < "\($1.key)" }) { try correct(account, to: balance, &writer, at: time) }
    var isSealed = false
    for record in intact {
      switch record.content {
      case .posting(let posting):
        guard let tracked = posting.tracked else {
          if posting.isBookkeeping { try write(posting, &writer, at: record.time) }
          continue
        }
        if posting.kind != .opening || state?.balances[tracked] != nil {
          guard let before = posting.balance.subtracting(posting.change) else { throw Rewriting.tooMuch(tracked) }
          try correct(tracked, to: before, &writer, at: record.time)
        }
        try write(posting, &writer, at: record.time)
      case .seal: isSealed = true
      case .head, .balance, .open: break
      }
    }
    if isSealed || !isLast { writer.add(.seal, at: intact.map({ $0.time }).max() ?? time) }
    link = writer.link
    return Result(bytes: writer.bytes, kept: intact.count, lost: lost, corrections: corrections)
  }

  /// Balances that lack some add up to zero again with the account of what was lost.
  private static func balanced(_ balances: [Account: Balance]) -> [Account: Balance] {
    let sum = balances.values.reduce(Int64(0)) { $0 &+ $1.units }
    if sum == 0 { return balances }
    var balances = balances
    balances[.lost] = Balance(units: (balances[.lost]?.units ?? 0) &- sum)
    return balances
  }

  /// Books what a lost record changed, where an account has not what the next record says.
  private mutating func correct(_ account: Account, to balance: Balance, _ writer: inout RecordWriter, at time: Timestamp) throws(Failure) {
    guard account.isTracked else { return }
    if account.owner != nil, state?.balances[account] == nil {
      try write(Posting(.opening, id: nil, debit: .opening, credit: account, amount: .zero, balance: 0), &writer, at: time)
    }
    let difference = balance.subtracting(state?.balances[account] ?? 0)
    if difference == 0 { return }
    guard let difference, let amount = Amount(units: max(difference, -difference).units) else {
      throw Rewriting.tooMuch(account)
    }
    corrections += 1
    let memo = "a lost record, made up for by a repair"
    let posting =
      difference > 0
      ? Posting(.topUp, id: nil, debit: .lost, credit: account, amount: amount, balance: balance, memo: memo)
      : Posting(.charge, id: nil, debit: account, credit: .lost, amount: amount, balance: balance, memo: memo)
    try write(posting, &writer, at: time)
  }

  private static func tooMuch(_ account: Account) -> Failure {
    Failure(.internalError, "\(account): a correction is more than the book can hold")
  }

  private mutating func write(_ posting: Posting, _ writer: inout RecordWriter, at time: Timestamp) throws(Failure) {
    try state?.add(BookEntry(sequence: writer.link.sequence + 1, time: time, posting: posting))
    writer.add(.posting(posting), at: time)
  }
}
