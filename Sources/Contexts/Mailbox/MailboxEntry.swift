package import SharedKernel

// Everything lists are made from, in one form, whether it was just read or comes from a view: the numbers, then the texts in one
// run of bytes. Nothing is turned into a String before it is shown.
//
//   8 × 4 bytes      the lengths of the texts in the order of `MailboxEntry.Field`, little-endian
//   4 bytes          the length of the recipients together
//   the texts        UTF-8, one behind the other
//   the recipients   each 4 bytes of length and its text

/// A message as a list knows it.
package struct MailboxEntry: Sendable {
  package enum Field: Int, CaseIterable, Sendable {
    /// The file's name when it was listed, byte for byte: the one text here that need not be UTF-8.
    case name
    /// The id of the send, for a file of another program its base name.
    case id
    /// As a person reads it: of ours the name; else the display name, else what stands before the `@`.
    case sender
    /// What stands before the `@` of the sender.
    case senderAddress
    case subject
    /// The first words of the text, on one line.
    case preview
    /// Without the angle brackets.
    case messageID
    /// The first message it answers, without the angle brackets.
    case inReplyTo
  }

  /// The numbers of an entry.
  package struct Facts: Hashable, Sendable {
    package var state: MessageState
    /// By the file's name, else by the file.
    package var delivered: Timestamp
    /// When it was sent, as far as the header says; nil before the file was looked at.
    package var date: Timestamp?
    /// Bytes of the file; 0 before it was looked at.
    package var size: Int64
    /// No text of it has a byte that JSON wants written otherwise.
    package var isPlain: Bool

    package init(state: MessageState, delivered: Timestamp, date: Timestamp? = nil, size: Int64 = 0, isPlain: Bool = false) {
      (self.state, self.delivered, self.date, self.size, self.isPlain) = (state, delivered, date, size, isPlain)
    }
  }

  static let headLength = (Field.allCases.count + 1) * 4

  /// Counts all messages of the mailbox; the oldest is 1.
  package let number: Int
  package let facts: Facts
  private let storage: [UInt8]
  private let start: Int

  /// `storage` holds the packed texts at `start`, for which `packedLength` has answered.
  package init(number: Int, facts: Facts, storage: [UInt8], start: Int) {
    (self.number, self.facts, self.storage, self.start) = (number, facts, storage, start)
  }

  /// Whether the file was looked at: before, only name and id are known.
  package var isComplete: Bool { facts.date != nil }

  package func bytes(_ field: Field) -> ArraySlice<UInt8> {
    var position = start + MailboxEntry.headLength
    for earlier in 0..<field.rawValue { position += length(earlier) }
    return storage[position..<position + length(field.rawValue)]
  }

  package func text(_ field: Field) -> String { String(decoding: bytes(field), as: UTF8.self) }

  /// Calls `body` with each recipient.
  package func eachRecipient(_ body: (ArraySlice<UInt8>) -> Void) {
    var position = start + MailboxEntry.headLength
    for earlier in 0..<Field.allCases.count { position += length(earlier) }
    let end = position + length(Field.allCases.count)
    while position + 4 <= end {
      let next = min(end, position + 4 + MailboxEntry.number(storage, position))
      body(storage[(position + 4)..<next])
      position = next
    }
  }

  /// The packed texts, as a view keeps them.
  package var packed: ArraySlice<UInt8> {
    storage[start..<start + MailboxEntry.headLength + (0...Field.allCases.count).reduce(0) { $0 + length($1) }]
  }

  private func length(_ field: Int) -> Int { MailboxEntry.number(storage, start + field * 4) }

  private static func number(_ bytes: [UInt8], _ position: Int) -> Int {
    Int(bytes[position]) | Int(bytes[position + 1]) << 8 | Int(bytes[position + 2]) << 16 | Int(bytes[position + 3]) << 24
  }
}

extension MailboxEntry {
  /// The bytes that packed texts at `start` take; nil where they would reach beyond `end`.
  package static func packedLength(_ bytes: [UInt8], at start: Int, before end: Int) -> Int? {
    guard start >= 0, end <= bytes.count, end - start >= headLength else { return nil }
    var length = headLength
    for field in 0...Field.allCases.count {
      length += number(bytes, start + field * 4)
      if length > end - start { return nil }
    }
    return length
  }

  /// Where the file's name lies in packed texts at `start`.
  package static func nameRange(_ bytes: [UInt8], at start: Int) -> Range<Int> {
    start + headLength..<start + headLength + number(bytes, start)
  }

  /// Bytes that packed texts of what a name of so many bytes says take at most: the name, and an id of which each byte may be U+FFFD.
  package static func packedLimit(name count: Int) -> Int { headLength + 4 * count }

  /// Packed texts of what a name says.
  package static func pack(name: some Collection<UInt8>) -> [UInt8] {
    let stored = Array(name)
    return pack(name: stored, id: StoredMessage.id(ofName: stored), others: [[UInt8]](repeating: [], count: 6), recipients: [])
  }

  /// Packed texts of a message that was looked at.
  package static func pack(_ summary: Summary) -> [UInt8] {
    let others = [summary.sender, summary.senderAddress, summary.subject, summary.preview, summary.messageID, summary.inReplyTo]
    let name = summary.message.nameBytes
    return pack(
      name: name, id: StoredMessage.id(ofName: name), others: others.map { Array($0.utf8) },
      recipients: summary.recipients.map { Array($0.utf8) })
  }

  /// The same message under another file name.
  package func renamed(_ name: [UInt8], in place: StoredMessage.Place) -> MailboxEntry {
    var other = facts
    other.state = MessageState(place, name: name.span)
    return MailboxEntry(number: number, facts: other, storage: packed(renamed: name), start: 0)
  }

  /// The same texts under another file name.
  package func packed(renamed name: [UInt8]) -> [UInt8] {
    var recipients: [[UInt8]] = []
    eachRecipient { recipients.append(Array($0)) }
    let others = [Field.sender, .senderAddress, .subject, .preview, .messageID, .inReplyTo].map { Array(bytes($0)) }
    return MailboxEntry.pack(name: name, id: Array(bytes(.id)), others: others, recipients: recipients)
  }

  private static func pack(name: [UInt8], id: [UInt8], others: [[UInt8]], recipients: [[UInt8]]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(headLength + name.count + id.count + others.reduce(0) { $0 + $1.count })
    func add(length: Int) { for shift in [0, 8, 16, 24] { result.append(UInt8(truncatingIfNeeded: length >> shift)) } }
    for text in [name, id] + others { add(length: text.count) }
    add(length: recipients.reduce(0) { $0 + 4 + $1.count })
    for text in [name, id] + others { result += text }
    for recipient in recipients {
      add(length: recipient.count)
      result += recipient
    }
    return result
  }

  /// The entry of a message that was looked at.
  package init(number: Int, _ summary: Summary) {
    let state = MessageState(summary.message.place, name: summary.message.nameBytes.span)
    var facts = Facts(state: state, delivered: summary.message.delivered, date: summary.date, size: Int64(summary.size))
    let entry = MailboxEntry(number: number, facts: facts, storage: MailboxEntry.pack(summary), start: 0)
    facts.isPlain = Field.allCases.allSatisfy { MailboxEntry.isPlain(entry.bytes($0)) }
    entry.eachRecipient { facts.isPlain = facts.isPlain && MailboxEntry.isPlain($0) }
    self.init(number: number, facts: facts, storage: entry.storage, start: 0)
  }

  /// The message as its store knows it.
  package var message: StoredMessage {
    StoredMessage(place: facts.state.contains(.new) ? .new : .cur, nameBytes: Array(bytes(.name)), delivered: facts.delivered)
  }

  private static func isPlain(_ text: ArraySlice<UInt8>) -> Bool {
    var previous: UInt8 = 0
    for byte in text {
      if byte < 0x20 || byte == 0x22 || byte == 0x5c || byte == 0x7f { return false }
      // U+0080 to 9F, and what begins with E2 80: line separators.
      if previous == 0xc2 && byte < 0xa0 || previous == 0xe2 && byte == 0x80 { return false }
      previous = byte
    }
    return true
  }
}
