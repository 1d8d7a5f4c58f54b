package import SharedKernel

/// A key as it is given to a payment, and the id it stands for: a text of 26 base-32 digits is a message's id,
/// anything else is hashed in a namespace that no sender's keys reach.
package struct PaymentKey: Hashable, Sendable {
  package static let maximumLength = 255

  package let id: MessageID
  /// The key itself, empty where it is the id.
  package let reference: String

  /// Nil for what is no key: 1 to 255 bytes of UTF-8 without control characters.
  package init?(_ text: String) {
    guard (1...PaymentKey.maximumLength).contains(text.utf8.count),
      !text.hasControlCharacters
    else { return nil }
    if let id = MessageID(text) {
      (self.id, reference) = (id, "")
    } else {
      (id, reference) = (MessageID(hashing: "pay\0\(text)"), text)
    }
  }
}
