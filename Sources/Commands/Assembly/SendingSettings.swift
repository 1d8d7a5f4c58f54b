package import SharedKernel
package import SpoolLayout

/// What a spool's configuration says of sending, read once. Each invalid value is 78, with file and line.
package struct SendingSettings: Sendable {
  /// How long a promised message is tried.
  package let queueLifetime: Duration
  /// Whether a mailbox is made for a recipient who has none.
  package let opensMailboxes: Bool
  /// Whether senders keep copies.
  package let keepsSent: Bool
  /// Entries of the feed.
  package let feedLimit: Int

  package init(_ configuration: Configuration) throws(Failure) {
    queueLifetime = .seconds(try configuration.integer(.queueLifetime, in: 1...Int64(10 * 365 * 86400)))
    opensMailboxes = try configuration.flag(.openMailboxes)
    keepsSent = try configuration.flag(.keepSent)
    feedLimit = Int(try configuration.integer(.feedLimit, in: 1...1_000_000_000))
  }
}
