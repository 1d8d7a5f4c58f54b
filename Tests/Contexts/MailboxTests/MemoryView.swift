import Mailbox
import SharedKernel

/// A view of messages in memory: names, and what is in the files.
final class MemoryView: MailboxView {
  private let messages: [StoredMessage]
  /// By place in the order of the numbers; nil for a file that is gone.
  private let files: [String?]
  private(set) var looks = 0

  /// The files stand beside the messages as given.
  init(_ messages: [StoredMessage], files: [String?]? = nil) {
    let files = files ?? messages.map { _ in "" }
    let ordered = zip(messages, files).sorted { $0.0 < $1.0 }
    (self.messages, self.files) = (ordered.map(\.0), ordered.map(\.1))
  }

  convenience init(_ names: [(StoredMessage.Place, String)], files: [String?]? = nil) {
    self.init(
      names.map {
        StoredMessage(place: $0, name: $1, delivered: StoredMessage.delivered(inName: Array($1.utf8).span) ?? Timestamp(seconds: -1))
      }, files: files)
  }

  var counts: MailboxCounts {
    MailboxCounts(
      total: messages.count, unread: messages.count { $0.isUnread }, flagged: messages.count { $0.flags.contains(.flagged) })
  }
  var foreignEntries: Int { 0 }

  func settle() throws(Failure) {}

  func state(of number: Int) throws(Failure) -> MessageState {
    MessageState(messages[number - 1].place, name: Array(messages[number - 1].name.utf8).span)
  }

  func entry(_ number: Int) throws(Failure) -> MailboxEntry {
    let message = messages[number - 1]
    return MailboxEntry(
      number: number, facts: MailboxEntry.Facts(state: try state(of: number), delivered: message.delivered),
      storage: MailboxEntry.pack(name: message.name.utf8), start: 0)
  }

  func completed(_ entry: MailboxEntry) throws(Failure) -> MailboxEntry? {
    looks += 1
    return files[entry.number - 1].map { file in
      MailboxEntry(number: entry.number, Summary(messages[entry.number - 1], front: Array(file.utf8), size: file.utf8.count))
    }
  }

  func expect(complete: Int) throws(Failure) {}
  func finish() {}

  func numbers(_ selection: Selection) throws(Failure) -> [Int] {
    try Choosing(
      selection, in: self, complete: { entry throws(Failure) in try self.completed(entry) },
      text: { MessageText.text(ofMessage: Array((self.files[$0.number - 1] ?? "").utf8)) }
    ).numbers()
  }
}
