package import Mailbox
internal import MessageFormat
internal import SharedKernel
internal import SystemCalls

extension MaildirMailbox {
  @discardableResult
  package func change(_ message: StoredMessage, _ change: FlagChange) throws -> StoredMessage? {
    var isTaken = false
    let result = try following(message) { folder, current throws(SystemError) -> StoredMessage? in
      let flags = change.applied(to: current.flags)
      // A message in `new/` has no flags to lose and stays there until it gets one.
      if flags == current.flags, current.place == .cur || change.set.isEmpty { return current }
      let name = "\(MaildirName.beforeFlags(of: current.name))\(flags.suffix)"
      do throws(SystemError) {
        try folder.rename(current.name, to: try ensureCurrent(), exclusively: name)
      } catch {
        isTaken = error.code == .exists
        if !isTaken { throw error }
        return nil
      }
      return StoredMessage(place: .cur, name: name, delivered: current.delivered)
    }
    if isTaken {
      throw Failure(.inputOutput, "message \(message.id): there are two files of it", remedy: "remove one of them from new/ or cur/")
    }
    return result
  }

  @discardableResult
  package func remove(_ message: StoredMessage) throws -> Bool {
    try following(message) { folder, current throws(SystemError) -> Bool? in
      // After a restore the same message may stand in `new/` too, and would come back unread.
      if current.place == .cur, let new = try self.folder(.new) {
        for name in [String(MaildirName.beforeFlags(of: current.name)), current.name] {
          do throws(SystemError) { if try new.remove(name) { removedFrom.insert(.new) } } catch {
            // A folder of that name is no message.
            if !error.isOfAnotherKind { throw error }
          }
        }
      }
      // ENOENT goes to `following`, which looks where the message went.
      guard try folder.remove(current.name) else { throw SystemError(.noEntry, call: "unlink", subject: current.name) }
      removedFrom.insert(current.place)
      return true
    } ?? false
  }

  package func makeRemovalsDurable() throws {
    for place in removedFrom { try folder(place)?.sync() }
    removedFrom = []
  }
}
