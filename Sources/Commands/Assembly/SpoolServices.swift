internal import FeedStore
internal import LedgerStore
internal import MaildirStore
internal import OutboxStore
package import Ledger
package import PaymentRouting
package import Sending
package import SentMessages
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// A spool with the parts of msgspool put together on it. All four tools are built from here.
package struct SpoolServices {
  /// How many leftovers of others an ordinary command goes on with.
  package static let recoveryBound = 16

  package let spool: Spool
  package let ledger: GeneralLedger
  let deadline: Deadline
  private let purpose: Spool.Purpose
  private let clock = SystemClock()
  private let announce: (String) -> Void

  /// Opens the spool; `deadline` bounds every wait for another process. `announce` is given what a person should see at once: that
  /// a gateway fails, or answers again.
  package init(
    path: String, purpose: Spool.Purpose, deadline: Deadline, announce: @escaping (String) -> Void = { _ in }
  ) throws(Failure) {
    try self.init(spool: Spool.open(at: path, for: purpose), purpose: purpose, deadline: deadline, announce: announce)
  }

  /// Goes on with the spool that a preview looked at, so that what was checked is what is used; makes it where there was none.
  package init(preview: SpoolPreview, deadline: Deadline, announce: @escaping (String) -> Void = { _ in }) throws(Failure) {
    try preview.spool?.refuseUnsafeWriting()
    let spool = if let spool = preview.spool { spool } else { try Spool.open(at: preview.path, for: .writing) }
    try self.init(spool: spool, purpose: .writing, deadline: deadline, announce: announce)
  }

  package init(
    spool: Spool, purpose: Spool.Purpose, deadline: Deadline, announce: @escaping (String) -> Void = { _ in }
  ) throws(Failure) {
    (self.spool, self.purpose, self.deadline, self.announce) = (spool, purpose, deadline, announce)
    ledger = try prepaidLedger(of: spool, purpose: purpose == .writing ? .writing : .reading, deadline: deadline)
  }

  /// Where its payments can go.
  package func payments() throws(Failure) -> SpoolPayments {
    try Assembly.payments(of: spool, ledger: ledger, deadline: deadline, announce: announce)
  }

  /// What sends messages and goes on with them.
  package func sending() throws(Failure) -> SendingParts {
    let settings = try SendingSettings(spool.configuration)
    let outbox = try outbox()
    let payments = try payments()
    let dispatcher = Dispatcher(
      outbox: outbox, payments: payments,
      mailboxes: MaildirDelivery(
        root: spool.root, outbox: outbox.directory, isOpen: settings.opensMailboxes, quota: settings.quota, announce: announce),
      feed: FeedPublisher(root: spool.root, limit: settings.feedLimit),
      sent: settings.keepsSent ? SentCopies(root: spool.root, outbox: outbox.directory) : nil,
      clock: clock, host: CurrentProcess.hostName, queueLifetime: settings.queueLifetime)
    return SendingParts(dispatcher, outbox, payments)
  }

  /// Throws what a send would be answered now if it would not be made. It changes nothing.
  package func check(_ request: SendRequest) throws(Failure) {
    try sending().sender.check(request)
  }

  /// Where sent messages are.
  package func sentMessages() throws(Failure) -> SentMessageQuery {
    SentMessageQuery(
      in: spool, ledger: ledger, entries: try ledgerFile(of: spool, purpose: .reading, deadline: deadline), schedule: try outbox(),
      clock: clock)
  }

  /// The files of what is not delivered yet.
  func outbox() throws(Failure) -> OutboxFiles {
    do throws(SystemError) {
      return try OutboxFiles(root: spool.root, deadline: deadline, makesFolder: purpose == .writing)
    } catch { throw Failure(storage: error) }
  }
}
