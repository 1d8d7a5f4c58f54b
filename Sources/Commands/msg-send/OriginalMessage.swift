import Mailbox
import MailboxAssembly
import MaildirStore
import MessageFormat
import SharedKernel
import SpoolLayout
import ViewStore

/// The message that `--reply` answers, in the mailbox of the one who answers.
struct OriginalMessage {
  let sender: Name
  let subject: String
  /// With its angle brackets; nil where it has none.
  let messageID: String?
  private let message: StoredMessage
  private let store: MaildirMailbox

  /// `word` names it as for `msg-read`. 66 where there is none, 65 where its sender cannot be written to here.
  init(_ word: String, of user: Name, in spool: Spool) throws {
    let mailbox = try OpenMailbox(of: user, in: spool)
    guard let number = try mailbox.view.numbers(named: [MessageReference(parsing: word)]).last else {
      throw Failure(.notFound, "no message '\(word)'", remedy: "name one of your mailbox; 'msg-read --all' lists them")
    }
    message = try mailbox.view.entry(number).message
    store = mailbox.store
    guard let content = try store.contents(of: message) else {
      throw Failure(.notFound, "message '\(word)' is gone", remedy: "'msg-read --all' lists what there is")
    }
    let header = HeaderFields(of: content)
    let from = header.bytes("from").map { Address.parse($0) }?.first
    guard let from, from.domain == nil || from.domain == "localhost", let name = Name(from.localPart) else {
      throw Failure(
        .badData, "message '\(word)' is of nobody who has a mailbox here", remedy: "answer it with a mail program, or name the RECIPIENT")
    }
    sender = name
    subject = Summary(message, front: content, size: content.count, unlabelled: store.unlabelled).subject
    messageID = header.bytes("message-id").flatMap(messageIDField)
  }

  /// The subject of the answer: `Re:` once (RFC 5322 section 3.6.5).
  var answeringSubject: String {
    if subject.isEmpty { return "" }
    return subject.lowercased().hasPrefix("re:") ? subject : "Re: \(subject)"
  }

  /// Marks it as answered. What does not work is no failure of the answer, which is sent by then.
  func markReplied() -> Failure? {
    do {
      try store.change(message, FlagChange(set: [.replied]))
      return nil
    } catch {
      return Failure(.inputOutput, "the message that was answered could not be marked: \(error)", remedy: "the answer is sent")
    }
  }
}
