package import MessageFormat
package import SharedKernel

/// What a list shows of a message: from its name and the front of its file.
package struct Summary: Hashable, Sendable {
  /// Characters of the text a preview holds at most.
  package static let previewLength = 200

  package let message: StoredMessage
  /// As a person reads it: of ours the name; else the display name, else what stands before the `@`. Empty for none.
  package let sender: String
  /// The sender's mail address, or what stands for one; empty for none.
  package let senderAddress: String
  package let recipients: [String]
  /// Decoded, on one line; empty for none.
  package let subject: String
  /// When it was sent, as far as the header says; else when it was delivered.
  package let date: Timestamp
  /// False where the header does not say when it was sent, or not so that it can be read.
  package let isDateKnown: Bool
  /// Bytes of the file.
  package let size: Int
  /// The first words of the text, on one line.
  package let preview: String
  /// The Message-ID without its angle brackets; empty for none.
  package let messageID: String
  /// The first message it answers (In-Reply-To), without the angle brackets; empty for none.
  package let inReplyTo: String

  /// Bytes of a file that are looked at for a list, where its header ends before.
  package static let frontSize = 32 << 10
  /// Bytes of a file that are looked at for the end of a longer header; what follows is left out.
  package static let headerLimit = 1 << 20
  /// Bytes of the text that are looked at behind a header that is longer than `frontSize`.
  private static let textSize = 4 << 10

  /// `front` is the beginning of the file, or all of it; `size` the bytes of all of it. What names no character set
  /// and is no UTF-8 is taken for `unlabelled`.
  package init(_ message: StoredMessage, front whole: [UInt8], size: Int, unlabelled: Charset? = nil) {
    let header = HeaderFields(of: whole.count > Summary.headerLimit ? Array(whole[..<Summary.headerLimit]) : whole)
    // No field is looked at beyond what a header has as a rule.
    func field(_ name: String) -> [UInt8]? {
      header.bytes(name).map { $0.count > Summary.frontSize ? Array($0[..<Summary.frontSize]) : $0 }
    }
    let end = max(Summary.frontSize, header.bodyStart + Summary.textSize)
    let front = whole.count > end ? Array(whole[..<end]) : whole
    (self.message, self.size) = (message, size)
    let delivered = message.delivered
    if let envelope = Envelope(header) {
      (sender, senderAddress) = (envelope.sender.text, Address.address(of: envelope.sender))
      recipients = envelope.recipients.map { $0.text }
      subject = Summary.oneLine(envelope.subject)
      (date, isDateKnown) = (envelope.notBefore ?? envelope.date, true)
    } else {
      // A header that is not encoded is written in what the body says of itself.
      func charset() -> Charset? { MessageText.charset(header, front[header.bodyStart...]) ?? unlabelled }
      let from = field("from").map { Address.parse($0, unlabelled: charset()) }?.first
      let name = from?.localPart ?? ""
      senderAddress = Summary.oneLine(name + (from?.domain.map { "@\($0)" } ?? ""))
      sender = Summary.oneLine(from?.display ?? name)
      recipients = (field("to").map { Address.parse($0, unlabelled: charset()) } ?? []).map { Summary.oneLine($0.localPart) }
      subject = Summary.oneLine(field("subject").map { EncodedWord.decode($0, unlabelled: charset()) } ?? "")
      let sent = header.text("date").flatMap(MailDate.parse)
      (date, isDateKnown) = (sent ?? delivered, sent != nil)
    }
    preview = Summary.preview(MessageText.text(ofMessage: front, header, size: size, unlabelled: unlabelled))
    messageID = Summary.firstID(header.bytes("message-id"))
    inReplyTo = Summary.firstID(header.bytes("in-reply-to"))
  }

  package var isUnread: Bool { message.isUnread }

  /// The first msg-id of a field (RFC 5322 section 3.6.4), without what stands around it.
  private static func firstID(_ value: [UInt8]?) -> String {
    guard let value, let open = value.firstIndex(of: UInt8(ascii: "<")) else { return "" }
    return oneLine(String(decoding: value[(open + 1)...].prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self))
  }

  private static func preview(_ text: [UInt8]) -> String {
    var front = text.prefix(previewLength * 8)
    if front.count < text.count {
      // Not to end inside a character.
      front = front.prefix((front.lastIndex { $0 & 0xc0 != 0x80 } ?? front.startIndex) - front.startIndex)
    }
    let words = oneLine(String(decoding: front, as: UTF8.self))
    // A character has a byte at least, and a scalar: most texts need no count of characters, which costs more than all else here.
    let isLong = words.utf8.count > previewLength && words.unicodeScalars.count > previewLength && words.count > previewLength
    let isCut = front.count < text.count || isLong
    return isCut ? words.prefix(previewLength - 1) + "…" : words
  }

  /// Line ends and other white space as single spaces. By bytes: of ten thousand messages that are looked at, this is done to
  /// four texts each.
  static func oneLine(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var line: [UInt8] = []
    line.reserveCapacity(bytes.count)
    var (index, isGap) = (0, false)
    while index < bytes.count {
      let width = widthOfSpace(bytes, at: index)
      if width > 0 {
        isGap = true
        index += width
        continue
      }
      if isGap, !line.isEmpty { line.append(0x20) }
      isGap = false
      line.append(bytes[index])
      index += 1
    }
    return String(decoding: line, as: UTF8.self)
  }

  /// Bytes of the white space that begins there; 0 for none.
  private static func widthOfSpace(_ bytes: [UInt8], at index: Int) -> Int {
    switch bytes[index] {
    case 9...13, 0x20: 1
    // U+0085
    case 0xc2: index + 1 < bytes.count && bytes[index + 1] == 0x85 ? 2 : 0
    // U+2028 and U+2029
    case 0xe2: index + 2 < bytes.count && bytes[index + 1] == 0x80 && (0xa8...0xa9).contains(bytes[index + 2]) ? 3 : 0
    default: 0
    }
  }
}
