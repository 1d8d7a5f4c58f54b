package import SharedKernel

// The book says what it is counted in, so that another `currency` in the configuration relabels nothing: it is refused. A new book has it
// in the head of its first segment, and each head carries it on. A book that is older gets a record of it with its next posting.

extension Posting {
  /// What the record of the currency is found under.
  package static let currencyID = MessageID(hashing: "currency of the book")

  package static func currency(_ currency: Currency) -> Posting {
    Posting(
      .currency, id: currencyID, debit: .income, credit: .income, amount: .zero, balance: 0, reference: currency.name,
      memo: "\(currency.decimals)")
  }

  /// What such a record says; nil for any other.
  package var currency: Currency? { kind == .currency ? Int(memo).map { Currency(reference, decimals: $0) } : nil }
}

extension Failure {
  /// 78: the configuration has another currency than the book.
  package static func otherCurrency(_ wanted: Currency, book: Currency, place: String) -> Failure {
    func words(_ currency: Currency) -> String { "\(currency.name) with \(currency.decimals) decimals" }
    return Failure(
      .configuration, "\(place): the currency is \(words(wanted)), and the book is in \(words(book))",
      remedy:
        "set 'currency = \(book.name)' and 'decimals = \(book.decimals)'; for another currency begin a new book, see CURRENCY in msgspool(5)"
    )
  }
}
