internal import DurableFiles
internal import Sending
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// Delivery into `mailboxes/NAME/new/` by rename, as the Maildir protocol has it (cr.yp.to/proto/maildir.html).
package final class MaildirDelivery: Mailboxes {
  private let root: SpoolRoot
  private let outbox: Directory
  private let isOpen: Bool
  /// The `new/` folders that this process has opened already.
  private var opened: [Name: Directory] = [:]

  /// `isOpen` says whether a mailbox is made for a recipient who has none; `outbox` is where copies come from.
  package init(root: SpoolRoot, outbox: Directory, isOpen: Bool) {
    (self.root, self.outbox, self.isOpen) = (root, outbox, isOpen)
  }

  package func check(_ recipient: Name) throws(Failure) {
    if open(recipient) != nil { return }
    do throws(SystemError) {
      if let new = try root.folderIfPresent(.mailbox(recipient).part(.new)), try new.isSettled {
        opened[recipient] = new
      } else if !isOpen, try root.folderIfPresent(.mailbox(recipient)) == nil {
        throw SystemError(.noEntry, call: "open", subject: SpoolFolder.mailbox(recipient).path)
      }
    } catch {
      if error.code != .noEntry { throw Failure(storage: error) }
      throw Failure(
        .noRecipient, "'\(recipient)' has no mailbox here", remedy: "check the name; 'open-mailboxes = yes' makes mailboxes on demand")
    }
  }

  package func prepare(_ recipient: Name) throws(Failure) {
    if open(recipient) != nil { return }
    do throws(SystemError) {
      try root.ensureMaildir(.mailbox(recipient))
      opened[recipient] = try root.ensureFolder(.mailbox(recipient).part(.new))
    } catch { throw Failure(storage: error) }
  }

  package func deliver(
    _ name: String, to recipient: Name, now: Timestamp, as baseName: (Timestamp) -> String
  ) throws(Failure) -> String {
    do throws(SystemError) {
      let new = try new(recipient)
      return try DeliveryOrder(root: root).next(in: recipient, now: now) { time throws(SystemError) in
        let final = baseName(time)
        try outbox.rename(name, to: new, exclusively: final)
        return final
      }
    } catch { throw Failure(storage: error) }
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
