internal import DurableFiles
package import Sending
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// Delivery into `mailboxes/NAME/new/` by rename, as the Maildir protocol has it (cr.yp.to/proto/maildir.html).
package final class MaildirDelivery: Mailboxes {
  private let root: SpoolRoot
  private let outbox: Directory
  private let isOpen: Bool
  /// Nil where nothing is limited.
  private let quota: QuotaCheck?
  /// The `new/` folders that this process has opened already.
  private var opened: [Name: Directory] = [:]
  private let announce: (String) -> Void
  /// The recipients that were found to have no mailbox, and the names of those who have one, listed when the first was found.
  private var newcomers: Set<Name> = []
  private lazy var owners = Result { () throws(SystemError) in try MaildirMailbox.users(in: root) }

  /// `isOpen` says whether a mailbox is made for a recipient who has none; `outbox` is where copies come from. `announce` is given notes
  /// for a person: that a recipient without a mailbox may be a mistake for another.
  package init(
    root: SpoolRoot, outbox: Directory, isOpen: Bool, quota: Quota? = nil, announce: @escaping (String) -> Void = { _ in }
  ) {
    (self.root, self.outbox, self.isOpen, self.announce) = (root, outbox, isOpen, announce)
    self.quota = quota.flatMap { $0.isSet ? QuotaCheck(root: root, quota: $0) : nil }
  }

  package func check(_ recipient: Name) throws(Failure) {
    if open(recipient) != nil { return }
    do throws(SystemError) {
      if let new = try root.folderIfPresent(.mailbox(recipient).part(.new)), try new.isSettled {
        opened[recipient] = new
      } else if try root.folderIfPresent(.mailbox(recipient)) == nil {
        if !isOpen { throw SystemError(.noEntry, call: "open", subject: SpoolFolder.mailbox(recipient).path) }
        guard newcomers.insert(recipient).inserted, let near = try nearOwner(recipient) else { return }
        announce("'\(recipient)' had no mailbox and gets one: did you mean '\(near)'?")
      }
    } catch {
      if error.code != .noEntry { throw Failure(storage: error) }
      let near = (try? nearOwner(recipient)).flatMap { $0 }
      throw Failure(
        .noRecipient, "'\(recipient)' has no mailbox here",
        remedy: near.map { "did you mean '\($0)'?" } ?? "check the name; 'open-mailboxes = yes' makes mailboxes on demand")
    }
  }

  /// The owner of a mailbox whose name resembles the one typed.
  private func nearOwner(_ recipient: Name) throws(SystemError) -> Name? { try owners.get().first { recipient.isNear($0) } }

  package func prepare(_ recipient: Name) throws(Failure) {
    if open(recipient) != nil { return }
    do throws(SystemError) {
      try root.ensureMaildir(.mailbox(recipient))
      opened[recipient] = try root.ensureFolder(.mailbox(recipient).part(.new))
    } catch { throw Failure(storage: error) }
  }

  package var areLimited: Bool { quota != nil }

  package func refusal(for recipient: Name, size: Int, now: Timestamp) throws(Failure) -> Failure? {
    guard let quota else { return nil }
    do throws(SystemError) { return try quota.refusal(for: recipient, size: size, now: now) } catch { throw Failure(storage: error) }
  }

  package func deliver(
    _ copy: OutboxCopy, now: Timestamp, mustDeliver: Bool, as baseName: (Timestamp) -> String
  ) throws(Failure) -> String {
    let name: Result<String, Failure>
    do throws(SystemError) {
      let new = try new(copy.recipient)
      name = try DeliveryOrder(root: root).next(in: copy.recipient, now: now) { time throws(SystemError) in
        let final = baseName(time)
        let move = { () throws(SystemError) in
          try self.outbox.rename(copy.name, to: new, exclusively: final)
          return final
        }
        guard let quota else { return .success(try move()) }
        return try quota.deliver(to: copy.recipient, size: copy.size, now: now, mustDeliver: mustDeliver, move)
      }
    } catch { throw Failure(storage: error) }
    return try name.get()
  }

  package func makeDurable(_ recipient: Name) throws(Failure) {
    do throws(SystemError) { try new(recipient).sync() } catch { throw Failure(storage: error) }
  }

  package func takeBack(_ baseName: String, from recipient: Name, as name: String) throws(Failure) -> Bool {
    do throws(SystemError) {
      try new(recipient).rename(baseName, to: outbox, exclusively: name)
    } catch {
      if error.code == .noEntry { return false }
      throw Failure(storage: error)
    }
    // The decision to void must not survive a power cut that brings the copy back. Where the disk fails here too, going on
    // with the decision is still the best that can be done.
    do throws(SystemError) {
      try outbox.sync()
      try new(recipient).sync()
    } catch { return true }
    return true
  }

  private func new(_ recipient: Name) throws(SystemError) -> Directory {
    if let new = open(recipient) { return new }
    let new = try root.folder(.mailbox(recipient).part(.new))
    opened[recipient] = new
    return new
  }

  private func open(_ recipient: Name) -> Directory? { opened[recipient] }
}
