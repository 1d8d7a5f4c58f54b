package import SharedKernel

/// A side of a posting. A person's prepaid account is what the house owes them: a credit raises it, a debit lowers it.
/// The house's own accounts begin with `=`, which no `Name` does, so no name collides with one.
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
  /// The other side of corrections by hand.
  case adjustment
  /// Where allowances come from, and go to when they lapse.
  case allowance
  /// What is on its way from one account to another; nothing stays in it.
  case transfer
  /// What a gateway outside has charged for the house: its clearing account.
  case gateway(GatewayName)

  /// The house's own, those of gateways left out.
  package static let house: [Account] = [.income, .cash, .opening, .lost, .adjustment, .allowance, .transfer]
  private static let gatewayPrefix = "=gateway:"

  /// Reads what `description` wrote; nil for anything else.
  package init?(_ text: some StringProtocol) {
    if let name = Name(text) {
      self = .prepaid(name)
    } else if let own = Account.house.first(where: { $0.description == text }) {
      self = own
    } else if text.hasPrefix(Account.gatewayPrefix), let gateway = GatewayName(text.dropFirst(Account.gatewayPrefix.count)) {
      self = .gateway(gateway)
    } else {
      return nil
    }
  }

  /// The user it belongs to; nil for the house's own.
  package var owner: Name? { if case .prepaid(let name) = self { name } else { nil } }

  /// The gateway whose clearing account it is; nil for all others.
  package var gateway: GatewayName? { if case .gateway(let name) = self { name } else { nil } }

  /// Whether every record about it carries its balance: the prepaid accounts and the clearing accounts.
  package var isTracked: Bool {
    switch self {
    case .prepaid, .gateway: true
    case .income, .cash, .opening, .lost, .adjustment, .allowance, .transfer: false
    }
  }

  package var description: String {
    switch self {
    case .prepaid(let name): name.text
    case .income: "=income"
    case .cash: "=cash"
    case .opening: "=opening"
    case .lost: "=lost"
    case .adjustment: "=adjustment"
    case .allowance: "=allowance"
    case .transfer: "=transfer"
    case .gateway(let name): Account.gatewayPrefix + name.text
    }
  }
}
