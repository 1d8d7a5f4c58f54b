internal import DurableFiles
internal import MessageFormat
package import Sending
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// The outbox as files: `outbox/ID` is copy 1 of a message and carries its lock, `outbox/ID.k` are the further copies,
/// `deferred/messages/` holds the same of messages that wait, `voiding/ID` is a message that will not be delivered, `failed/ID` one that is
/// over, with `failed/ID.reason`.
///
/// Copy 1 is named first, exclusively, which claims the id; the others follow under the same lock, then one fsync of
/// `outbox/` makes all names durable. Nothing is charged before that, so copies that are missing from an unpaid message
/// show that it never got that far.
package final class OutboxFiles: OutboxMessages, OutboxListing {
  let root: SpoolRoot
  private let deadline: Deadline
  /// `outbox/`, which the adapters that take copies out of it share.
  package let directory: Directory

  /// `deadline` bounds every wait for another process. Without `makesFolder` nothing is made: where no message was ever taken, the root of
  /// the spool, in which no message is, stands for the outbox.
  package init(root: SpoolRoot, deadline: Deadline, makesFolder: Bool = true) throws(SystemError) {
    (self.root, self.deadline) = (root, deadline)
    directory = try makesFolder ? root.ensureFolder(.outbox) : root.folderIfPresent(.outbox) ?? root.directory
  }

  package func entry(_ id: MessageID, at place: OutboxPlace, wait: Bool) throws(Failure) -> LockAttempt {
    let attempt: LockAttempt
    do throws(SystemError) { attempt = try lock(id, at: place, wait: wait ? LockWait.until(deadline) : .never) } catch {
      throw Failure(storage: error)
    }
    if wait, case .busy = attempt {
      throw Failure(.temporary, "message \(id): another process is still sending it", remedy: "try again")
    }
    return attempt
  }

  private func lock(_ id: MessageID, at place: OutboxPlace, wait: LockWait) throws(SystemError) -> LockAttempt {
    guard let folder = try folder(place) else { return .absent }
    while true {
      let file: FileDescriptor
      do throws(SystemError) { file = try folder.open(id.description, .readWrite) } catch {
        if error.code == .noEntry { return .absent }
        throw error
      }
      guard try file.lock(.exclusive, wait: wait) else { return .busy }
      // The previous holder of the lock may have moved the file meanwhile.
      let status = try file.status()
      guard try folder.status(of: id.description)?.identity == status.identity else { continue }
      guard status.kind == .file, let envelope = Envelope(try file.messageHeader(size: status.size)), envelope.id == id,
        envelope.copy == 1
      else { return .damaged }
      let isWithdrawn = status.mode & LockedMessage.withdrawnBit != 0
      return .locked(
        entry(
          .opened(LockHolder(file)), envelope, try remaining(of: envelope, leaderSize: status.size, at: place), at: place,
          isWithdrawn: isWithdrawn))
    }
  }

  package func messages(at place: OutboxPlace, limit: Int) throws(Failure) -> [MessageID] {
    do throws(SystemError) {
      guard let folder = try folder(place) else { return [] }
      var ids: [MessageID] = []
      for entry in try folder.list(limit: limit).entries where !entry.name.hasPrefix(".") {
        if let id = MessageID(entry.name), id.description == entry.name, entry.kind == .file || entry.kind == nil {
          ids.append(id)
        } else if try isStray(entry.name, in: folder) {
          if try !fileWithItsLeader(entry.name, in: folder) { try setAside(entry.name, in: folder, place: place) }
        }
      }
      return ids
    } catch { throw Failure(storage: error) }
  }

  package func isPresent(_ id: MessageID, at place: OutboxPlace) throws(Failure) -> Bool {
    do throws(SystemError) { return try folder(place)?.status(of: id.description) != nil } catch { throw Failure(storage: error) }
  }

  package func setAside(_ id: MessageID, at place: OutboxPlace) throws(Failure) {
    do throws(SystemError) {
      guard let folder = try folder(place) else { return }
      try setAside(id.description, in: folder, place: place)
    } catch { throw Failure(storage: error) }
  }
}

extension OutboxFiles {
  static func name(_ id: MessageID, _ copy: Int) -> String { copy == 1 ? id.description : "\(id).\(copy)" }

  func entry(
    _ holder: LockedMessage.Holder, _ envelope: Envelope, _ remaining: [OutboxCopy], at place: OutboxPlace, isWithdrawn: Bool = false
  ) -> any OutboxEntry {
    LockedMessage(
      holder: holder, envelope: envelope, remaining: remaining, place: place, isWithdrawn: isWithdrawn, root: root, outbox: directory)
  }

  private func folder(_ place: OutboxPlace) throws(SystemError) -> Directory? {
    switch place {
    case .outbox: directory
    case .deferred: try root.folderIfPresent(.deferred)
    case .voiding: try root.folderIfPresent(.voiding)
    }
  }

}
