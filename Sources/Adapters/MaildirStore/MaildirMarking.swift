package import Mailbox
internal import MessageFormat
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension MaildirMailbox {
  @discardableResult
  package func change(_ message: StoredMessage, _ change: FlagChange) throws(Failure) -> StoredMessage? {
    var isTaken = false
    let result = try following(message) { folder, current throws(SystemError) -> StoredMessage? in
      let flags = change.applied(to: current.flags)
      // A message in `new/` has no flags to lose and stays there until it gets one.
      if flags == current.flags, current.place == .cur || change.set.isEmpty { return current }
      let name = beforeFlags(of: current) + Array(flags.suffix.utf8)
      do throws(SystemError) {
        try folder.rename(current.nameBytes, to: try ensureCurrent(), exclusively: name)
      } catch {
        isTaken = error.code == .exists
        if !isTaken { throw error }
        return nil
      }
      return StoredMessage(place: .cur, nameBytes: name, delivered: current.delivered)
    }
    if isTaken {
      throw Failure(.inputOutput, "message \(message.id): there are two files of it", remedy: "remove one of them from new/ or cur/")
    }
    return result
  }

  @discardableResult
  package func remove(_ message: StoredMessage) throws(Failure) -> Bool {
    try following(message) { folder, current throws(SystemError) -> Bool? in
      // After a restore the same message may stand in `new/` too, and would come back unread.
      if current.place == .cur, let new = try self.folder(.new) {
        for name in [beforeFlags(of: current), current.nameBytes] {
          do throws(SystemError) { if try new.remove(name) { removedFrom.insert(.new) } } catch {
            // A folder of that name is no message.
            if !error.isOfAnotherKind { throw error }
          }
        }
      }
      // ENOENT goes to `following`, which looks where the message went.
      guard try folder.remove(current.nameBytes) else { throw SystemError(.noEntry, call: "unlink", subject: current.name) }
      removedFrom.insert(current.place)
      return true
    } ?? false
  }

  private func beforeFlags(of message: StoredMessage) -> [UInt8] {
    Array(message.nameBytes.prefix(MaildirName.lengthBeforeFlags(message.nameBytes.span)))
  }

  package func makeRemovalsDurable() throws(Failure) {
    for place in removedFrom { try onSpool(folder(place)?.sync()) }
    removedFrom = []
  }
}
