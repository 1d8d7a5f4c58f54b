package import SharedKernel

/// The book as a plain-text journal that hledger and ledger read: one transaction a posting, each with a balance assertion. Dates are local
/// days; the tag `time` has the instant in UTC.
package struct Journal {
  private let commodity: String
  private let currency: Currency
  private let zone: LocalTime
  private var declared: Set<Account> = []
  private var begun: Set<Account> = []
  /// Dates of a journal do not fall, whatever the clock did.
  private var lastDate = ""
  /// Whether other accounts' postings at the same gateway may be missing, so that what it has there is not known.
  private let isPart: Bool

  /// The currency names the commodity; what is more than letters is quoted, as the format wants it. Days are those of `zone`.
  /// `isPart` says that other accounts' postings are left out.
  package init(currency money: Currency, zone: LocalTime = .utc, isPart: Bool = false) {
    (currency, self.zone, self.isPart) = (money, zone, isPart)
    let currency = money.name
    let isPlain = !currency.isEmpty && currency.unicodeScalars.allSatisfy { $0.properties.isAlphabetic }
    commodity =
      isPlain ? currency : "\"\(String(String.UnicodeScalarView(currency.unicodeScalars.filter { $0 != "\"" && !$0.affectsLines })))\""
  }

  /// The first lines: the accounts and the commodity that strict readers want declared. Prepaid accounts follow as they come.
  package var head: String {
    let accounts = Account.house.map(Journal.path) + [Journal.carriedForward]
    return "commodity \(commodity)\n" + accounts.map { "account \($0)\n" }.joined() + "\n"
  }

  private static let carriedForward = "equity:carried forward"

  private mutating func declaration(_ account: Account) -> String {
    guard account.isTracked, declared.insert(account).inserted else { return "" }
    return "account \(Journal.path(account))\n\n"
  }

  /// What an account had when the oldest part of the book began.
  package mutating func carried(_ balance: Balance, of account: Account, at time: Timestamp) -> String {
    declaration(account)
      + transaction(
        time, "carried forward", comment: "",
        lines: [
          (Journal.path(account), -balance, -balance), (Journal.carriedForward, balance, nil),
        ])
  }

  /// Of a part of the book: what an account had before its first posting in it. Empty for nothing.
  package mutating func beginning(of entry: BookEntry) -> String {
    guard let tracked = entry.posting.tracked, isAsserted(tracked), begun.insert(tracked).inserted else { return "" }
    let before = entry.posting.before
    return before == 0 ? "" : carried(before, of: tracked, at: entry.time)
  }

  /// One transaction, with the empty line behind it.
  package mutating func transaction(_ entry: BookEntry) -> String {
    let posting = entry.posting
    let message = MessageMemo(posting.memo)
    var comment = ["seq:\(entry.sequence)", "time:\(entry.time.rfc3339)"] + (posting.id.map { ["id:\($0)"] } ?? [])
    let key = posting.reference.isEmpty ? message?.key ?? "" : posting.reference
    if !key.isEmpty { comment.append("key:\(Journal.tag(key))") }
    if let sender = message?.sender { comment.append("sender:\(sender)") }
    if let external = posting.external {
      comment += ["payer:\(external.payer)", "asked:\(currency.text(external.asked))"]
      if !external.reference.isEmpty { comment.append("ref:\(Journal.tag(external.reference))") }
    }
    let name = posting.kind.word + (posting.shownMemo.isEmpty ? "" : " | \(Journal.line(posting.shownMemo))")
    let amount = Balance(posting.amount)
    return declaration(posting.debit) + declaration(posting.credit)
      + transaction(
        entry.time, name, comment: comment.joined(separator: ", "),
        lines: [
          (Journal.path(posting.debit), amount, isAsserted(posting.debit) ? -posting.balance : nil),
          (Journal.path(posting.credit), -amount, isAsserted(posting.credit) ? -posting.balance : nil),
        ])
  }

  private func isAsserted(_ account: Account) -> Bool {
    if case .gateway = account, isPart { return false }
    return account.isTracked
  }

  private mutating func transaction(
    _ time: Timestamp, _ name: String, comment: String, lines: [(account: String, amount: Balance, assertion: Balance?)]
  ) -> String {
    lastDate = max(lastDate, zone.day(time))
    var text = "\(lastDate) \(name)\(comment.isEmpty ? "" : "  ; \(comment)")\n"
    for line in lines {
      text += "    \(line.account)  \(currency.text(line.amount)) \(commodity)"
      text += (line.assertion.map { " = \(currency.text($0)) \(commodity)" } ?? "") + "\n"
    }
    return text + "\n"
  }

  /// What the house owes is a liability: the journal has it negative where a person has credit.
  private static func path(_ account: Account) -> String {
    switch account {
    case .prepaid(let name): "liabilities:prepaid:\(name)"
    case .income: "income:messages"
    case .cash: "assets:cash"
    case .opening: "expenses:opening credit"
    case .lost: "expenses:lost records"
    case .adjustment: "equity:adjustments"
    case .allowance: "expenses:allowances"
    case .transfer: "equity:transfers"
    case .gateway(let name): "assets:gateway:\(name)"
    }
  }

  /// A value of a tag, which a comma would end.
  private static func tag(_ text: String) -> String { line(text).split(separator: ",").joined(separator: " ") }

  /// A remark that stays on its line, begins no comment and moves no cursor.
  private static func line(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.affectsLines || $0 == ";" || $0 == "|" ? " " : $0 }))
  }
}
