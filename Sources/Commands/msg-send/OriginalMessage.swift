import CommandLineTool
import Mailbox
import MailboxAssembly
import MaildirStore
import MessageFormat
import SharedKernel
import SpoolLayout
import ViewStore

/// The message of one's own mailbox that `--reply` and `--reply-all` answer, or `--forward` passes on.
struct OriginalMessage {
  private let word: String
  private let user: Name
  private let message: StoredMessage
  private let store: MaildirMailbox
  private let content: [UInt8]
  private let header: HeaderFields
  private let summary: Summary

  /// `word` names it as for `msg-read`. 66 where there is none.
  init(_ word: String, of user: Name, in spool: Spool) throws(Failure) {
    (self.word, self.user) = (word, user)
    let mailbox = try OpenMailbox(of: user, in: spool)
    guard let number = try mailbox.view.numbers(named: [MessageReference(parsing: word)]).last else {
      throw Failure(.notFound, "no message '\(word)'", remedy: "name one of your mailbox; 'msg-read --all' lists them")
    }
    message = try mailbox.view.entry(number).message
    store = mailbox.store
    guard let content = try store.contents(of: message) else {
      throw Failure(.notFound, "message '\(word)' is gone", remedy: "'msg-read --all' lists what there is")
    }
    self.content = content
    header = HeaderFields(of: content)
    summary = Summary(message, front: content, size: content.count, unlabelled: store.unlabelled)
  }

  /// The sender; 65 for one that has no mailbox here.
  func sender() throws(Failure) -> Name {
    guard let from = header.bytes("from").map({ Address.parse($0) })?.first, let name = OriginalMessage.local(from) else {
      throw Failure(
        .badData, "message '\(word)' is of nobody who has a mailbox here", remedy: "answer it with a mail program, or name the RECIPIENT")
    }
    return name
  }

  /// Who sent it and whom else it was for, without oneself; `others` is called with each who has no mailbox here.
  func everybody(_ others: (String) -> Void) throws(Failure) -> [Name] {
    var names = [try sender()]
    for address in header.bytes("to").map({ Address.parse($0) }) ?? [] {
      guard let name = OriginalMessage.local(address) else {
        others(address.localPart + (address.domain.map { "@\($0)" } ?? ""))
        continue
      }
      if name != user, !names.contains(name) { names.append(name) }
    }
    return names
  }

  private static func local(_ address: Address.Parsed) -> Name? {
    address.domain == nil || address.domain == "localhost" ? Name(address.localPart) : nil
  }

  /// With its angle brackets; nil where it has none.
  var messageID: String? { header.bytes("message-id").flatMap(messageIDField) }

  /// The subject of an answer: `Re:` once (RFC 5322 section 3.6.5).
  var answeringSubject: String { headed("Re:") }
  /// The subject of what is passed on.
  var forwardingSubject: String { headed("Fwd:") }

  private func headed(_ head: String) -> String {
    if summary.subject.isEmpty { return "" }
    return summary.subject.lowercased().hasPrefix(head.lowercased()) ? summary.subject : "\(head) \(summary.subject)"
  }

  /// What is passed on: one's own words, and the message below them.
  func forwarded(below words: [UInt8]) -> [UInt8] {
    let zone = LocalTime.system
    var lines = ["---------- forwarded message ----------", "From: \(summary.sender)"]
    if !summary.recipients.isEmpty { lines.append("To: \(summary.recipients.joined(separator: ", "))") }
    lines.append("Date: \(zone.minute(summary.date)) \(zone.zone(summary.date))")
    if !summary.subject.isEmpty { lines.append("Subject: \(summary.subject)") }
    let own = words.isEmpty ? [] : words + Array((words.last == UInt8(ascii: "\n") ? "\n" : "\n\n").utf8)
    return own + Array((lines.joined(separator: "\n") + "\n\n").utf8)
      + Mailbox.MessageText.text(ofMessage: content, unlabelled: store.unlabelled)
  }

  /// What does not work of a mark is no failure of the send, which is made by then.
  func markAnswered() -> Failure? { mark(.replied) }
  func markPassedOn() -> Failure? { mark(.passed) }

  private func mark(_ flag: Flags.Flag) -> Failure? {
    do {
      try store.change(message, FlagChange(set: [flag]))
      return nil
    } catch {
      return Failure(.inputOutput, "message '\(word)' could not be marked: \(error)", remedy: "what was to be sent is sent")
    }
  }
}
