internal import ViewStore
package import CommandLineTool
internal import Mailbox
internal import MaildirStore
package import SharedKernel
package import SpoolLayout

/// What a spool offers for a word of a command line. Nothing is changed by looking: a view is kept only where it is already.
package struct SpoolCandidates {
  /// At most so many messages are offered: a longer list is of no use.
  private static let mostMessages = 100

  private let spool: Spool

  package init(_ spool: Spool) { self.spool = spool }

  /// Mailboxes first, then aliases with what they stand for.
  package func recipients() throws(Failure) -> [Candidate] {
    let aliases = try AliasFile.read(in: spool.root).sorted { $0.key < $1.key }
    return try mailboxes() + aliases.map { Candidate($0.key, $0.value.targets.joined(separator: ", ")) }
  }

  package func mailboxes() throws(Failure) -> [Candidate] { try onSpool(MaildirMailbox.users(in: spool.root)).map { Candidate($0.text) } }

  /// The newest messages whose numbers begin with `typed`, or by id, each with sender and subject or first words.
  package func messages(of user: Name, byID: Bool, typed: String) throws(Failure) -> [Candidate] {
    let view = try OpenMailbox(of: user, in: spool, mayWrite: false).view
    try view.settle()
    var candidates: [Candidate] = []
    for number in stride(from: view.counts.total, to: 0, by: -1) where candidates.count < SpoolCandidates.mostMessages {
      if !byID, !String(number).hasPrefix(typed) { continue }
      let entry = try view.entry(number)
      guard let whole = entry.isComplete ? entry : try view.completed(entry) else { continue }
      let heading = whole.text(whole.bytes(.subject).isEmpty ? .preview : .subject)
      let mark = whole.facts.state.contains(.unread) ? "new, " : ""
      candidates.append(Candidate(byID ? whole.text(.id) : String(number), "\(mark)\(whole.text(.sender)): \(heading)"))
    }
    return candidates
  }
}
