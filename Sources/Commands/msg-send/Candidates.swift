import SharedKernel
import MessageFormat
import Assembly
import CommandLineTool
import MailboxAssembly
import SentMessages
import SpoolLayout
import SystemCalls

/// What a shell offers for the words of `msg-send`.
func candidates(_ kind: CandidateKind, _ position: CompletionPosition) throws(Failure) -> [Candidate] {
  let arguments = position.arguments
  let spool = try Spool.open(at: try spoolLocation(option: arguments.value(CommonOptions.spool)), for: .reading)
  switch kind {
  case .mailbox: return try SpoolCandidates(spool).mailboxes()
  case .recipients:
    // All words are the text of an answer.
    if [SendOptions.reply, SendOptions.replyAll].contains(where: arguments.has) { return [] }
    return try SpoolCandidates(spool).recipients()
  case .messageID: return try SpoolCandidates(spool).messages(of: arguments.userName(SendOptions.from), byID: true, typed: position.typed)
  case .account:
    // An account can be named that lists its senders.
    return try Payers.read(in: spool.root).accounts(of: arguments.userName(SendOptions.from)).map { Candidate($0.text) }
  case .sentMessage: return try sentMessageCandidates(of: arguments.userName(SendOptions.from), in: spool)
  case .waitingMessage:
    let sender = try arguments.userName(SendOptions.from)
    return try SpoolServices(spool: spool, purpose: .reading, deadline: .now).sentMessages().waiting()
      .filter { $0.message.envelope?.sender == sender }.map { Candidate($0.message) }
  default: return []
  }
}
