package import MaildirStore
package import SharedKernel
package import SpoolLayout

/// What a spool's configuration says of sending, read once. Each invalid value is 78, with file and line.
package struct SendingSettings: Sendable {
  /// How long a promised message is tried.
  package let queueLifetime: Duration
  /// Whether a mailbox is made for a recipient who has none.
  package let opensMailboxes: Bool
  /// How much mailboxes may hold.
  package let quota: Quota
  /// Whether senders keep copies.
  package let keepsSent: Bool
  /// Entries of the feed.
  package let feedLimit: Int

  package init(_ configuration: Configuration) throws(Failure) {
    queueLifetime = .seconds(try configuration.integer(.queueLifetime, in: 1...Int64(10 * 365 * 86400)))
    opensMailboxes = try configuration.flag(.openMailboxes)
    func limit(_ setting: Setting) throws(Failure) -> Int64? {
      let number = try configuration.integer(setting, in: 0...Int64.max)
      return number == 0 ? nil : number
    }
    quota = Quota(
      mailbox: Quota.Limit(messages: try limit(.quotaMessages), bytes: try limit(.quotaBytes)),
      spool: Quota.Limit(messages: try limit(.spoolQuotaMessages), bytes: try limit(.spoolQuotaBytes)))
    keepsSent = try configuration.flag(.keepSent)
    feedLimit = Int(try configuration.integer(.feedLimit, in: 1...1_000_000_000))
  }
}
