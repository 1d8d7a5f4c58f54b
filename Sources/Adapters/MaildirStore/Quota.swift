internal import SharedKernel

/// How many messages and bytes mailboxes may hold; nil for any number.
package struct Quota: Hashable, Sendable {
  package struct Limit: Hashable, Sendable {
    package let messages: Int64?
    package let bytes: Int64?

    package init(messages: Int64?, bytes: Int64?) { (self.messages, self.bytes) = (messages, bytes) }

    var isSet: Bool { messages != nil || bytes != nil }

    /// What one more message of so many bytes would exceed, for people; nil where there is room.
    func excess(_ usage: Usage, adding size: Int64) -> String? {
      if let messages, usage.messages >= messages { return "\(usage.messages) messages of \(messages)" }
      if let bytes, usage.bytes.saturatingSum(size) > bytes { return "\(usage.bytes) bytes of \(bytes), and the message has \(size)" }
      return nil
    }
  }

  /// For each mailbox.
  package let mailbox: Limit
  /// For all mailboxes of the spool together.
  package let spool: Limit

  package init(mailbox: Limit, spool: Limit) { (self.mailbox, self.spool) = (mailbox, spool) }

  package var isSet: Bool { mailbox.isSet || spool.isSet }

  static func mailboxIsFull(_ mailbox: Name, _ excess: String) -> Failure {
    Failure(.temporary, "the mailbox of '\(mailbox)' is full: \(excess)", remedy: "send again when messages were deleted from it")
  }

  static func spoolIsFull(_ excess: String) -> Failure {
    Failure(.temporary, "the spool is full: \(excess)", remedy: "send again when messages were deleted, or raise its quota in the config")
  }
}
