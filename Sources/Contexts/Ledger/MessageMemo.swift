package import SharedKernel

/// The remark at the charge of a message: when the message was accepted, its recipients, its tariff class, and the key it was sent under.
///
///     message accepted 2026-11-27T11:43:49.120000Z x3 from ops: bob, carol, dave: short: report-2026-11
///
/// The time tells which message of an id was charged for: two sends under the same key may have accepted one each when they were killed, and
/// only the one that was paid may be delivered. `x3` is the number of copies where there are several, `from` the sender where another pays.
/// What is behind the first colon is for people, and cut where the record has no room for it.
package struct MessageMemo: Hashable, Sendable {
  private static let words = "message accepted "
  private static let separator = ": "

  package let accepted: Timestamp
  package let copies: Int
  /// Nil where the payer is the sender.
  package let sender: Name?
  /// Names with commas; empty where it is not told.
  package let recipients: String
  /// Empty for a flat price.
  package let tariffClass: String
  /// Empty where there is none.
  package let key: String

  package init(accepted: Timestamp, sender: Name?, recipients: [Name], tariffClass: String, key: String) {
    (self.accepted, copies, self.sender, self.tariffClass, self.key) = (accepted, recipients.count, sender, tariffClass, key)
    self.recipients = recipients.prefix(8).map { $0.text }.joined(separator: ", ") + (recipients.count > 8 ? ", …" : "")
  }

  package var text: String { text(recipients, tariffClass, key) }

  private var front: String {
    let time = MessageMemo.words + accepted.rfc3339 + (copies > 1 ? " x\(copies)" : "")
    return time + (sender.map { " from \($0)" } ?? "")
  }

  private func text(_ recipients: String, _ tariffClass: String, _ key: String) -> String {
    var parts = [front, recipients, tariffClass, key]
    while parts.last?.isEmpty == true { parts.removeLast() }
    return parts.joined(separator: MessageMemo.separator)
  }

  /// The remark with as much of it as fits: recipients go first, then the key, the class, the sender, and never the time.
  package func text(fits: (String) -> Bool) -> String {
    var names = recipients.split(separator: ", ").map(String.init)
    var candidate = text
    while !fits(candidate), names.count > 1 {
      names.removeLast()
      candidate = text(names.joined(separator: ", ") + ", …", tariffClass, key)
    }
    let rest = [text("…", tariffClass, key), text("…", tariffClass, ""), front, MessageMemo.words + accepted.rfc3339]
    return fits(candidate) ? candidate : rest.first(where: fits) ?? rest[3]
  }

  /// Nil for a remark that is none.
  package init?(_ memo: String) {
    guard memo.hasPrefix(MessageMemo.words) else { return nil }
    let parts = memo.dropFirst(MessageMemo.words.count).split(
      separator: MessageMemo.separator, maxSplits: 3, omittingEmptySubsequences: false)
    let words = parts[0].split(separator: " ")
    guard let accepted = words.first.flatMap({ Timestamp(rfc3339: $0) }) else { return nil }
    self.accepted = accepted
    copies = words.dropFirst().first.flatMap { $0.hasPrefix("x") ? UInt32($0.dropFirst()).map(Int.init) : nil } ?? 1
    sender = words.firstIndex(of: "from").flatMap { $0 + 1 < words.endIndex ? Name(words[$0 + 1]) : nil }
    recipients = parts.count > 1 ? String(parts[1]) : ""
    tariffClass = parts.count > 2 ? String(parts[2]) : ""
    key = parts.count > 3 ? String(parts[3]) : ""
  }

  /// When the message of a remark was accepted; nil for a remark that does not tell.
  package static func time(_ memo: String) -> Timestamp? { MessageMemo(memo)?.accepted }
}

extension Posting {
  /// Who sent the message that it is about, as far as it tells; else who pays.
  package var sender: Name? { MessageMemo(memo)?.sender ?? payer }

  /// The remark as it is shown: of a message its recipients and tariff class.
  package var shownMemo: String {
    guard let message = MessageMemo(memo) else { return memo }
    let from = message.sender.map { "from \($0) " } ?? ""
    let to = message.recipients.isEmpty ? "" : "to \(message.recipients)"
    return from + to + (message.tariffClass.isEmpty ? "" : " (\(message.tariffClass))")
  }
}
