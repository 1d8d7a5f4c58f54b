internal import MessageFormat
package import SharedKernel

/// A text on its way into the outbox: everything about it that can be checked without the spool.
package struct Draft: Sendable {
  package let sender: Name
  package let recipients: [Name]
  package let subject: String
  /// UTF-8 as the sender gave it, ended by exactly one line feed more where there was none.
  package let text: [UInt8]
  package let priority: Priority
  package let notBefore: Timestamp?
  /// The time as it was asked for: a repeat of `+15m` is the same send, although it means another instant.
  package let requestedTime: String
  /// The Message-ID of the message that it answers, with its angle brackets; nil for none.
  package let inReplyTo: String?

  /// Checks subject and text; `maximumSize` is in bytes, inclusive.
  package init(
    sender: Name, recipients: [Name], subject: String, text: [UInt8], priority: Priority, notBefore: Timestamp? = nil,
    requestedTime: String = "", inReplyTo: String? = nil, maximumSize: Int
  ) throws(Failure) {
    try Draft.check(text, maximumSize: maximumSize)
    if let control = subject.unicodeScalars.first(where: { $0.isControl }) {
      throw Failure(
        .badData, "the subject contains the control character U+\(padded(Int(control.value), 4, radix: 16))",
        remedy: "a subject is one line of plain text")
    }
    if subject.utf8.count > Draft.maximumSubject {
      throw Failure(.badData, "the subject has \(subject.utf8.count) bytes", remedy: "at most \(Draft.maximumSubject) are allowed")
    }
    (self.sender, self.recipients, self.subject, self.priority) = (sender, recipients, subject, priority)
    (self.notBefore, self.requestedTime, self.inReplyTo) = (notBefore, requestedTime, inReplyTo)
    self.text = text.last == UInt8(ascii: "\n") ? text : text + [UInt8(ascii: "\n")]
  }

  /// Bytes of a subject, inclusive.
  package static let maximumSubject = 4096

  /// Whether there is nothing but white space in a text.
  package static func isEmpty(_ text: [UInt8]) -> Bool {
    guard let string = String(validating: text, as: UTF8.self) else { return false }
    return string.unicodeScalars.allSatisfy { $0.properties.isWhitespace }
  }

  private static func check(_ text: [UInt8], maximumSize: Int) throws(Failure) {
    // The final line feed, which every text has once it is stored, is not counted.
    if text.count - (text.last == UInt8(ascii: "\n") ? 1 : 0) > maximumSize {
      throw Failure(.badData, "the text is larger than \(maximumSize) bytes", remedy: "shorten it; 'max-size' in the config sets the limit")
    }
    guard String(validating: text, as: UTF8.self) != nil else {
      throw Failure(.badData, "the text is not valid UTF-8", remedy: "convert it first, for example with iconv -f CP949 -t UTF-8")
    }
    if text.contains(0) { throw Failure(.badData, "the text contains a NUL byte", remedy: "send text, not binary data") }
    if isEmpty(text) { throw Failure(.badData, "the text is empty", remedy: "give a text, or --skip-empty to pass over empty input") }
  }

  /// What tells this send from another under the same key: recipients, subject, text, priority, time.
  package var fingerprint: Fingerprint {
    Fingerprint(of: [
      Array(recipients.map { $0.text }.joined(separator: ",").utf8), Array(subject.utf8), text, Array(priority.rawValue.utf8),
      Array(requestedTime.utf8),
    ])
  }
}

/// Hexadecimal digits, upper case, with leading zeros.
private func padded(_ number: Int, _ width: Int, radix: Int) -> String {
  let digits = String(number, radix: radix, uppercase: true)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
