package import SharedKernel

/// What a charge was made for. A message is given back by a refund once it is delivered; what only the caller of
/// `msg-pay charge` knows of, by a void.
package enum ChargeSubject: Hashable, Sendable { case message, other }

extension Fingerprint {
  /// Of a request made by hand, which is nothing but what it asks for. No message has such a fingerprint: so the book
  /// itself knows which charges are of messages.
  package static func plain(_ kind: Posting.Kind, _ account: Name, _ amount: Amount, memo: String) -> Fingerprint {
    let verb = kind == .topUp ? "topup" : kind.rawValue
    return Fingerprint(of: ([verb, account.text, amount.description] + (memo.isEmpty ? [] : [memo])).map { Array($0.utf8) })
  }
}

extension ChargeSubject {
  /// Of a charge to a prepaid account.
  fileprivate init(_ fingerprint: Fingerprint?, _ owner: Name, _ amount: Amount, memo: String) {
    // The memo was not always a part of it.
    let isPlain = [memo, ""].contains { fingerprint == .plain(.charge, owner, amount, memo: $0) }
    self = isPlain ? .other : .message
  }
}

extension Posting {
  /// What a charge was made for; nil for a posting of another kind.
  package var subject: ChargeSubject? {
    guard kind == .charge, let owner else { return nil }
    return ChargeSubject(fingerprint, owner, amount, memo: memo)
  }
}

extension Payment {
  /// What it was charged for; nil where its last record is none of a charge, or the charge was made outside. Two hashes: not for loops.
  package var subject: ChargeSubject? {
    state == .charged && external == nil ? ChargeSubject(fingerprint, account, amount, memo: memo) : nil
  }
}
