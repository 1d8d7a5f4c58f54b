package import SharedKernel

/// A provider's list of payments compared with the book, key by key.
package struct Reconciliation: Sendable {
  package struct Difference: Hashable, Sendable {
    package let key: String
    /// Smallest units; nil where a side does not know the key.
    package let provider: Int64?
    package let book: Int64?
    /// What the book says of it; nil where it does not know the key.
    package let state: Payment.State?
  }

  private struct Known {
    var amount: Int64
    var state: Payment.State
    var time: Timestamp
  }

  private var book: [String: Known] = [:]

  package init() {}

  /// Takes in the next entry of the book, the oldest first.
  package mutating func add(_ entry: BookEntry) {
    guard let payment = Payment(entry), let external = payment.external else { return }
    let key = external.key(of: payment.id)
    let amount = payment.state == .charged ? external.charged.units : 0
    book[key] = Known(amount: amount, state: payment.state, time: book[key]?.time ?? entry.time)
  }

  /// What differs from the sums that the provider has for its keys, by key. Of what only the book has, what was asked for in `range`.
  package func differences(_ provider: [String: Int64], in range: Range<Timestamp>) -> [Difference] {
    var found: [Difference] = []
    for (key, amount) in provider {
      let known = book[key]
      // Where the outcome is open the two need not agree; that it is open has to be known.
      if let known, known.amount == amount, known.state != .pending, known.state != .reversing { continue }
      found.append(Difference(key: key, provider: amount, book: known?.amount, state: known?.state))
    }
    for (key, known) in book where provider[key] == nil && range.contains(known.time) {
      if known.amount == 0, known.state != .pending, known.state != .reversing { continue }
      found.append(Difference(key: key, provider: nil, book: known.amount, state: known.state))
    }
    return found.sorted { $0.key < $1.key }
  }
}
