package import SharedKernel

/// The book as a plain-text journal that hledger and ledger read: one transaction a posting, each with a balance assertion. Dates are local
/// days; the tag `time` has the instant in UTC.
package struct Journal {
  private let commodity: String
  /// The day of an instant, `2026-11-22`, where the journal is read.
  private let day: (Timestamp) -> String
  private var declared: Set<Account> = []
  /// Dates of a journal do not fall, whatever the clock did.
  private var lastDate = ""

  /// `currency` names the commodity; what is more than letters is quoted, as the format wants it.
  package init(currency: String, day: @escaping (Timestamp) -> String) {
    self.day = day
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

  /// One transaction, with the empty line behind it.
  package mutating func transaction(_ entry: Entry) -> String {
    let posting = entry.posting
    var comment = ["seq:\(entry.sequence)", "time:\(entry.time.rfc3339)"] + (posting.id.map { ["id:\($0)"] } ?? [])
    if let external = posting.external {
      comment += ["payer:\(external.payer)", "asked:\(external.asked)"]
      // A comma would end the tag.
      if !external.reference.isEmpty { comment.append("ref:\(external.reference.split(separator: ",").joined(separator: " "))") }
    }
    let name = posting.kind.word + (posting.memo.isEmpty ? "" : " | \(Journal.line(posting.memo))")
    let amount = Balance(posting.amount)
    return declaration(posting.debit) + declaration(posting.credit)
      + transaction(
        entry.time, name, comment: comment.joined(separator: ", "),
        lines: [
          (Journal.path(posting.debit), amount, posting.debit.isTracked ? -posting.balance : nil),
          (Journal.path(posting.credit), -amount, posting.credit.isTracked ? -posting.balance : nil),
        ])
  }

  private mutating func transaction(
    _ time: Timestamp, _ name: String, comment: String, lines: [(account: String, amount: Balance, assertion: Balance?)]
  ) -> String {
    lastDate = max(lastDate, day(time))
    var text = "\(lastDate) \(name)\(comment.isEmpty ? "" : "  ; \(comment)")\n"
    for line in lines {
      text += "    \(line.account)  \(line.amount) \(commodity)"
      text += (line.assertion.map { " = \($0) \(commodity)" } ?? "") + "\n"
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
    case .transfer: "equity:transfers"
    case .gateway(let name): "assets:gateway:\(name)"
    }
  }

  /// A remark that stays on its line, begins no comment and moves no cursor.
  private static func line(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.affectsLines || $0 == ";" || $0 == "|" ? " " : $0 }))
  }
}
