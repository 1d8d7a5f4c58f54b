import CommandLineTool
import MailboxAssembly
import SharedKernel
import SpoolLayout

/// What a shell offers for the words of `msg-read`.
func candidates(_ kind: CandidateKind, _ position: CompletionPosition) throws(Failure) -> [Candidate] {
  let arguments = position.arguments
  let spool = SpoolCandidates(try Spool.open(at: try spoolLocation(option: arguments.value(CommonOptions.spool)), for: .reading))
  switch kind {
  case .mailbox: return try spool.mailboxes()
  case .recipient: return try spool.recipients()
  case .message:
    let words = [Candidate("next", "the oldest unread"), Candidate("first"), Candidate("last")]
    // Beside a selection there are no numbers.
    if Options.filters.contains(where: arguments.has) { return words }
    return try words + spool.messages(of: arguments.userName(Options.user), byID: false, typed: position.typed)
  default: return []
  }
}
