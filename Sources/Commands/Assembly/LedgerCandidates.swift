internal import MessageFormat
package import CommandLineTool
internal import Ledger
internal import LedgerStore
package import SentMessages
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// How many of what happened lately are offered.
private let mostRecent = 20

/// The prepaid accounts of a spool, closed ones too: they can be opened again.
package func accountCandidates(in spool: Spool) throws(Failure) -> [Candidate] {
  try ledgerFile(of: spool, purpose: .reading, deadline: .now).snapshot().accountNames().map { Candidate($0.text) }
}

/// The last messages of a sender, or of all senders; the newest first.
package func sentMessageCandidates(of sender: Name?, in spool: Spool) throws(Failure) -> [Candidate] {
  try SpoolServices(spool: spool, purpose: .reading, deadline: .now).sentMessages()
    .messages(of: sender, since: nil, limit: mostRecent).reversed().map { Candidate($0) }
}

/// The keys of payments, or of top-ups, the newest first.
package func paymentCandidates(onlyTopUps: Bool, in spool: Spool) throws(Failure) -> [Candidate] {
  var candidates: [Candidate] = []
  var keys: Set<String> = []
  try ledgerFile(of: spool, purpose: .reading, deadline: .now).snapshot().forEachEntry(of: nil, newestFirst: true) { entry in
    let posting = entry.posting
    guard let id = posting.id, !posting.isBookkeeping, !onlyTopUps || posting.kind == .topUp else { return true }
    let key = posting.reference.isEmpty ? "\(id)" : posting.reference
    if keys.insert(key).inserted {
      let amount = spool.configuration.money.text(posting.amount)
      candidates.append(Candidate(key, "\(posting.kind.word) \(posting.payer?.text ?? "") \(amount)"))
    }
    return candidates.count < mostRecent
  }
  return candidates
}

/// Payments with an unknown outcome, by their ids.
package func doubtfulPaymentCandidates(in spool: Spool) throws(Failure) -> [Candidate] {
  try ledgerFile(of: spool, purpose: .reading, deadline: .now).snapshot().openPayments().map {
    Candidate("\($0.id)", "\($0.state.rawValue) \($0.account) \(spool.configuration.money.text($0.amount))")
  }
}

extension Candidate {
  package init(_ message: SentMessage) {
    let receivers = message.envelope?.recipients.map { $0.text }.joined(separator: ", ") ?? ""
    let subject = message.envelope?.subject ?? ""
    self.init("\(message.id)", "\(message.state.rawValue), to \(receivers): \(subject.isEmpty ? message.words : subject)")
  }
}
