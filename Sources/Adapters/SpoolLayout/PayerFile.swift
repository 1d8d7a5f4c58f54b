package import SharedKernel

/// Which senders may pay from which account, by the spool's `payers`: lines of `ACCOUNT: SENDER, SENDER`.
package struct Payers: Sendable {
  /// In the order of the file.
  private let accounts: [(account: Name, senders: Set<Name>)]

  init(_ accounts: [(account: Name, senders: Set<Name>)]) { self.accounts = accounts }

  /// Each sender pays from its own account.
  package static var own: Payers { Payers([]) }

  /// Without the file each sender pays from its own account. A malformed line is 78.
  package static func read(in root: SpoolRoot) throws(Failure) -> Payers {
    let path = "\(root.path)/\(SpoolFile.payers)"
    guard let text = try settingsText(of: .payers, limit: SizeLimit.aliases, in: root) else { return Payers([]) }
    var accounts: [(account: Name, senders: Set<Name>)] = []
    for (account, entry) in try AliasFile.parse(text, path: path).sorted(by: { $0.value.line < $1.value.line }) {
      let senders = entry.targets.compactMap { Name($0) }
      guard let name = Name(account), senders.count == entry.targets.count else {
        throw Failure(
          .configuration, "\(entry.place): not of the form 'ACCOUNT: SENDER, SENDER'", remedy: "write names of accounts and of senders")
      }
      accounts.append((name, Set(senders)))
    }
    return Payers(accounts)
  }

  /// The accounts that list a sender, the first of them first.
  package func accounts(of sender: Name) -> [Name] { accounts.filter { $0.senders.contains(sender) }.map { $0.account } }

  /// The senders that may pay from an account besides its owner, sorted.
  package func senders(of account: Name) -> [Name] { accounts.first { $0.account == account }?.senders.sorted() ?? [] }

  /// The account that a sender pays by: `wanted` where that is the sender's own or lists the sender (else 77), or the first that lists the
  /// sender, or the sender's own.
  package func account(for sender: Name, wanted: Name?) throws(Failure) -> Name {
    let listed = accounts(of: sender)
    guard let wanted else { return listed.first ?? sender }
    guard wanted == sender || listed.contains(wanted) else {
      throw Failure(
        .notPermitted, "\(sender) may not pay by account \(wanted)",
        remedy: "an operator lists '\(wanted): \(sender)' in the spool's \(SpoolFile.payers)")
    }
    return wanted
  }
}
