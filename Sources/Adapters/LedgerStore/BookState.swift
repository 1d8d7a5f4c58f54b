internal import Ledger
internal import SharedKernel

/// What a new segment begins with: the balances of all accounts, the house's included, and the payments whose outcome is open,
/// as they are when so many records have gone by.
struct BookState {
  private(set) var balances: [Account: Balance]
  /// Last entries of open payments.
  private(set) var open: [MessageID: BookEntry]
  /// Of the accounts that are closed.
  private(set) var closings: [Account: Closing]
  /// Nil where nothing says it yet.
  private(set) var currency: Currency?

  init(
    _ balances: [Account: Balance] = [:], open: [MessageID: BookEntry] = [:], closings: [Account: Closing] = [:], currency: Currency? = nil
  ) {
    self.currency = currency
    (self.balances, self.open, self.closings) = (balances, open, closings)
  }

  mutating func add(_ record: Record) throws(Failure) {
    switch record.content {
    case .balance(let account, let balance, let closing): (balances[account], closings[account]) = (balance, closing)
    case .posting(let posting): try add(BookEntry(sequence: record.sequence, time: record.time, posting: posting))
    case .open: if let entry = record.entry { note(entry) }
    case .head(_, _, let currency): self.currency = currency ?? self.currency
    case .seal: break
    }
  }

  mutating func add(_ entry: BookEntry) throws(Failure) {
    currency = entry.posting.currency ?? currency
    try add(-Balance(entry.posting.amount), to: entry.posting.debit)
    try add(Balance(entry.posting.amount), to: entry.posting.credit)
    if let owner = entry.posting.owner { closings[.prepaid(owner)] = Closing(entry.posting) }
    note(entry)
  }

  private mutating func note(_ entry: BookEntry) {
    // Only a posting of a gateway opens a payment, and every posting of its id after that is one too.
    guard entry.posting.external != nil, let payment = Payment(entry) else { return }
    open[payment.id] = payment.isOpen ? entry : nil
  }

  private mutating func add(_ change: Balance, to account: Account) throws(Failure) {
    guard let sum = balances[account, default: 0].adding(change) else {
      throw Failure(.internalError, "\(account): its balance is more than the book can hold")
    }
    balances[account] = sum
  }
}

extension RecordWriter {
  /// The head of a segment: how many accounts and open payments there are, what each account has, and what each payment is.
  mutating func addHead(_ state: BookState, at time: Timestamp) {
    add(.head(accounts: state.balances.count, open: state.open.count, state.currency), at: time)
    for (account, balance) in state.balances.sorted(by: { "\($0.key)" < "\($1.key)" }) {
      add(.balance(account, balance, state.closings[account]), at: time)
    }
    // With the time at which it was opened: an old one is what a person looks for.
    for entry in state.open.values.sorted(by: { $0.sequence < $1.sequence }) { add(.open(entry.posting), at: entry.time) }
  }
}
