package import Alarms
internal import MessageFormat
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// Looks into mailboxes for the alarms, by file names alone where they tell enough.
package final class ReadStateProbe: ReceivedMessages {
  private let root: SpoolRoot

  package init(root: SpoolRoot) { self.root = root }

  /// A mailbox that is not there tells nothing: then nothing counts as read.
  package func read(_ messages: Set<MessageID>, by receiver: Name) throws(Failure) -> Set<MessageID> {
    do throws(SystemError) {
      guard try root.folderIfPresent(.mailbox(receiver).part(.new)) != nil else { return [] }
      var unread: Set<MessageID> = []
      // readdir(3) may miss a name that is changed meanwhile: what was not seen is looked for once more.
      for _ in 0..<2 {
        var seen: Set<MessageID> = []
        try eachMessage(of: receiver) { id, name, isNew throws(SystemError) in
          guard messages.contains(id) else { return true }
          seen.insert(id)
          if isNew || !MaildirName.isSeen(name) { unread.insert(id) }
          return true
        }
        if seen.count == messages.count { break }
      }
      return messages.subtracting(unread)
    } catch { throw unreadable(error) }
  }

  package func text(of event: Event) throws(Failure) -> [UInt8]? {
    do throws(SystemError) {
      var text: [UInt8]?
      try eachMessage(of: event.receiver) { id, name, isNew throws(SystemError) in
        guard id == event.message else { return true }
        let folder = try root.folderIfPresent(.mailbox(event.receiver).part(isNew ? .new : .current))
        guard let bytes = try folder?.contents(of: name, limit: SizeLimit.message) else { return true }
        text = Array(bytes[HeaderFields(of: bytes).bodyStart...])
        return false
      }
      return text
    } catch { throw unreadable(error) }
  }

  /// Calls `body` with each message of ours, `new/` first, until it returns false.
  private func eachMessage(
    of receiver: Name, _ body: (MessageID, _ name: String, _ isNew: Bool) throws(SystemError) -> Bool
  ) throws(SystemError) {
    for part in [MaildirPart.new, .current] {
      guard let folder = try root.directory.directoryIfAny(SpoolFolder.mailbox(receiver).part(part).path) else { continue }
      for name in try folder.names(of: .file) {
        guard let id = MaildirName.messageID(in: name) else { continue }
        if try !body(id, name, part == .new) { return }
      }
    }
  }

  /// Whether a file's name says that its message was read.
  static func isRead(_ name: String, isNew: Bool) -> Bool { !isNew && MaildirName.isSeen(name) }

  private func unreadable(_ error: SystemError) -> Failure {
    Failure(.inputOutput, "a mailbox cannot be read: \(error)", remedy: "see to \(root.path)/\(SpoolFolder.mailboxes)")
  }
}
