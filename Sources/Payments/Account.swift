package import SharedKernel

/// A side of a posting. A person's prepaid account is what the house owes them: a credit raises it, a debit lowers it.
/// The house's own accounts begin with `=`, which no `Name` does, so nobody can be called like one.
package enum Account: Hashable, Sendable, CustomStringConvertible {
  /// The prepaid account of a user.
  case prepaid(Name)
  /// What messages earned.
  case income
  /// Where top-ups come from.
  case cash
  /// Where opening credits come from.
  case opening
  /// The other side of what a repair could not account for.
  case lost

  package static let house: [Account] = [.income, .cash, .opening, .lost]

  /// Reads what `description` wrote; nil for anything else.
  package init?(_ text: some StringProtocol) {
    if let name = Name(text) {
      self = .prepaid(name)
    } else if let own = Account.house.first(where: { $0.description == text }) {
      self = own
    } else {
      return nil
    }
  }

  /// The user it belongs to; nil for the house's own.
  package var owner: Name? { if case .prepaid(let name) = self { name } else { nil } }

  package var description: String {
    switch self {
    case .prepaid(let name): name.text
    case .income: "=income"
    case .cash: "=cash"
    case .opening: "=opening"
    case .lost: "=lost"
    }
  }
}
