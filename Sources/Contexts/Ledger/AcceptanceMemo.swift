package import SharedKernel

/// The remark at the charge of a message. It tells which message of an id was charged for: two sends under the same key may have
/// accepted one each when they were killed, and only the one that was paid may be delivered.
package enum AcceptanceMemo {
  private static let words = "message accepted "

  package static func text(_ accepted: Timestamp) -> String { words + accepted.rfc3339 }

  /// Nil for a remark that does not tell.
  package static func time(_ memo: String) -> Timestamp? {
    memo.hasPrefix(words) ? Timestamp(rfc3339: memo.dropFirst(words.count).prefix(27)) : nil
  }
}
