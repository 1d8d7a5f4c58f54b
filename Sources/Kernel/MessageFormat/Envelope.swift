package import SharedKernel

/// What msgspool itself writes into the header of a message file and reads back from it.
///
/// A send to several recipients has one id and one file a copy; copy 1 leads, the others follow it.
package struct Envelope: Hashable, Sendable {
  package let id: MessageID
  package let sender: Name
  /// Each once, in the order they were named; copy k is the one for the k-th.
  package let recipients: [Name]
  package var copy: Int
  /// One line, no control characters; empty for none.
  package let subject: String
  package let priority: Priority
  /// When it was accepted.
  package let date: Timestamp
  /// Of the clocks where it was sent.
  package let dateOffset: UTCOffset
  /// What the whole send costs, in the currency's smallest unit.
  package let price: Amount
  /// Recognises the same request under the same key.
  package let fingerprint: Fingerprint
  /// True when the sender was told that it is accepted (`--queue`): it is then charged when that can be had.
  package let isQueued: Bool
  /// Not to be delivered before this; nil for at once.
  package let notBefore: Timestamp?
  /// The Message-ID of the message that it answers, with its angle brackets; nil for none.
  package let inReplyTo: String?
  /// The account that pays: the sender's own, or one that lists the sender.
  package let payer: Name
  /// The class of the tariff by which it is priced; empty for a flat price.
  package let tariffClass: String
  /// What its sender calls it; empty for none.
  package let key: String
  /// The host it was sent from; makes the Message-ID unique.
  package let host: String

  package init(
    id: MessageID, sender: Name, recipients: [Name], copy: Int = 1, subject: String, priority: Priority, date: Timestamp,
    dateOffset: UTCOffset, price: Amount, fingerprint: Fingerprint, isQueued: Bool, notBefore: Timestamp?,
    inReplyTo: String? = nil, payer: Name? = nil, tariffClass: String = "", key: String = "", host: String
  ) {
    (self.id, self.sender, self.recipients, self.copy) = (id, sender, recipients, copy)
    (self.subject, self.priority, self.date, self.dateOffset) = (subject, priority, date, dateOffset)
    (self.price, self.fingerprint, self.isQueued, self.notBefore) = (price, fingerprint, isQueued, notBefore)
    (self.inReplyTo, self.host) = (inReplyTo, host)
    (self.payer, self.tariffClass, self.key) = (payer ?? sender, tariffClass, key)
  }

  /// Whom this copy is for.
  package var recipient: Name { recipients[copy - 1] }
}

extension Envelope {
  /// The whole message file: header, empty line, text. Lines of the header end in LF, the text keeps its bytes.
  package func message(text: [UInt8]) -> [UInt8] { message(text: text, recipientList: recipientList) }

  /// The value of the field `To`: the same for all copies, and of very many recipients the most of each.
  package var recipientList: String { Address.format(recipients, indent: 4) }

  /// The same, with the recipients' list made already.
  package func message(text: [UInt8], recipientList: String) -> [UInt8] {
    var lines = ["From: \(Address.format(sender))"]
    // Before the recipients, of whom there may be many: a list of a mailbox reads only the front of the header.
    if !subject.isEmpty { lines.append("Subject: \(EncodedWord.encode(subject))") }
    lines += [
      "To: \(recipientList)",
      "Date: \(MailDate.format(notBefore ?? date, offset: dateOffset))",
      "Message-ID: <\(date.microseconds).\(id).\(copy)@\(MaildirName.escape(host: host))>",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: 8bit",
      "X-Msg-Id: \(id)",
      "X-Msg-Copy: \(copy)/\(recipients.count)",
      "X-Msg-Accepted: \(date.rfc3339)",
      "X-Msg-Price: \(price)",
      "X-Msg-Fingerprint: \(fingerprint)",
    ]
    if payer != sender { lines.append("X-Msg-Account: \(payer)") }
    if !tariffClass.isEmpty { lines.append("X-Msg-Class: \(EncodedWord.encode(tariffClass))") }
    if !key.isEmpty { lines.append("X-Msg-Key: \(EncodedWord.encode(key))") }
    if let inReplyTo { lines += ["In-Reply-To: \(inReplyTo)", "References: \(inReplyTo)"] }
    if priority == .urgent { lines += ["X-Msg-Priority: urgent", "Importance: high"] }
    if isQueued { lines.append("X-Msg-Queued: yes") }
    if let notBefore { lines.append("X-Msg-At: \(notBefore.rfc3339)") }
    return Array((lines.joined(separator: "\n") + "\n\n").utf8) + text
  }

  /// Reads back what `message(text:)` wrote; nil for a header that is not complete and consistent.
  package init?(_ header: HeaderFields) {
    func text(_ name: String) -> String? { header.text(name) }
    func names(_ field: String) -> [Name]? {
      let parsed = header.bytes(field).map { Address.parse($0) } ?? []
      let names = parsed.compactMap { Name($0.localPart) }
      return names.count == parsed.count && !names.isEmpty ? names : nil
    }
    let copies = text("x-msg-copy")?.split(separator: "/").compactMap { Int($0) } ?? []
    guard let id = text("x-msg-id").flatMap({ MessageID($0) }), let sender = names("from")?.first, let recipients = names("to"),
      copies.count == 2, copies[1] == recipients.count, (1...recipients.count).contains(copies[0]),
      let date = text("x-msg-accepted").flatMap({ Timestamp(rfc3339: $0) }),
      let price = text("x-msg-price").flatMap({ Int64($0) }).flatMap({ Amount(units: $0) }),
      let fingerprint = text("x-msg-fingerprint").flatMap({ Fingerprint($0) })
    else { return nil }
    var notBefore: Timestamp?
    if let at = text("x-msg-at") {
      guard let instant = Timestamp(rfc3339: at) else { return nil }
      notBefore = instant
    }
    self.init(
      id: id, sender: sender, recipients: recipients, copy: copies[0],
      subject: header.bytes("subject").map { EncodedWord.decode($0) } ?? "",
      priority: text("x-msg-priority") == "urgent" ? .urgent : .normal, date: date, dateOffset: .utc, price: price,
      fingerprint: fingerprint, isQueued: text("x-msg-queued") == "yes", notBefore: notBefore, inReplyTo: text("in-reply-to"),
      payer: text("x-msg-account").flatMap { Name($0) }, tariffClass: header.bytes("x-msg-class").map { EncodedWord.decode($0) } ?? "",
      key: header.bytes("x-msg-key").map { EncodedWord.decode($0) } ?? "", host: "")
  }
}

/// The Message-ID in a field value, with its angle brackets; nil for what is none or could not stand on a line (RFC 5322 section 3.6.4).
package func messageIDField(_ value: [UInt8]) -> String? {
  guard value.first == UInt8(ascii: "<"), value.last == UInt8(ascii: ">"), (3...900).contains(value.count),
    value.dropFirst().dropLast().allSatisfy({ (33...126).contains($0) && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") })
  else { return nil }
  return String(decoding: value, as: UTF8.self)
}
