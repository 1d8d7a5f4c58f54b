package import SharedKernel

/// Why an account takes no part in what is asked for. Nothing was recorded.
package enum AccountRefusal: Hashable, Sendable {
  /// It was never opened.
  case missing
  case closed(Closing)
  /// The name that it is to get belongs to another account.
  case nameTaken(Name)

  /// 66, 77 or 65, with what helps. `near` is an account that a mistyped name may have meant.
  package func failure(_ account: Name, near: Name? = nil) -> Failure {
    switch self {
    case .missing:
      Failure(
        .notFound, "\(account) has no account",
        remedy: "open it with 'msg-pay open \(account)', or \(near.map { "did you mean '\($0)'?" } ?? "check the name")")
    case .closed(let closing): AccountRefusal.closed(account, closing)
    case .nameTaken(let name): Failure(.badData, "\(name) has an account already", remedy: "choose a name that has none")
    }
  }

  /// The same for a charge: a sender is told 77.
  package func declined(_ account: Name) -> Failure {
    guard case .missing = self else { return failure(account) }
    return Failure(
      .notPermitted, "\(account) has no account, and only accounts that were opened can pay; nothing was charged",
      remedy: "an operator opens it with 'msg-pay open \(account)'")
  }

  private static func closed(_ account: Name, _ closing: Closing) -> Failure {
    guard let successor = closing.successor else {
      return Failure(.notPermitted, "account \(account) is closed", remedy: "'msg-pay open \(account)' opens it again")
    }
    return Failure(.notPermitted, "account \(account) was renamed to \(successor)", remedy: "use '\(successor)'")
  }
}

/// The account of a request, as far as it may take part.
enum UsableAccount {
  /// With the posting that opens it, where that is still to be made.
  case open(balance: Balance, opening: [Posting])
  case refused(AccountRefusal)
}

extension GeneralLedger {
  /// An account that is to be charged or credited. `mayOpen` says whether one that is missing is opened.
  func usable(_ account: Name, mayOpen: Bool, _ view: any BookView) throws(Failure) -> UsableAccount {
    guard let state = try view.state(of: account) else {
      if !mayOpen { return .refused(.missing) }
      let (balance, opening) = opening(account)
      return .open(balance: balance, opening: [opening])
    }
    if let closing = state.closing { return .refused(.closed(closing)) }
    return .open(balance: state.balance, opening: [])
  }
}
