package import SharedKernel

/// How much an account may pay, or a sender send, in an hour, a day or a month.
package struct Limit: Hashable, Sendable {
  package enum Subject: Hashable, Sendable, CustomStringConvertible {
    case account(Name), sender(Name)

    package var description: String {
      switch self {
      case .account(let name): "account \(name)"
      case .sender(let name): "sender \(name)"
      }
    }

    package var name: Name {
      switch self {
      case .account(let name), .sender(let name): name
      }
    }

    /// What its usage is recorded under.
    var id: MessageID { MessageID(hashing: "usage\0\(self)") }
  }

  /// A message to several is several messages.
  package enum Unit: String, CaseIterable, Sendable { case messages, credit }

  package let subject: Subject
  /// Inclusive.
  package let most: Int64
  package let unit: Unit
  /// Not a week.
  package let period: Period

  package init(_ subject: Subject, most: Int64, _ unit: Unit, per period: Period) {
    (self.subject, self.most, self.unit, self.period) = (subject, most, unit, period)
  }
}

/// A limit that a charge would exceed.
package struct ReachedLimit: Hashable, Sendable {
  package let limit: Limit
  package let used: Int64
  package let wanted: Int64
  package let opens: Timestamp
  /// By the clock on the wall: `2026-11-28 00:00`.
  package let opensLocally: String
  package let currency: Currency

  private func text(_ count: Int64) -> String { limit.unit == .credit ? currency.text(count) : String(count) }

  /// Whether what is wanted is more than the limit ever allows.
  package var isForEver: Bool { wanted > limit.most }

  /// 77, with the limit and when it opens again.
  package var failure: Failure {
    let rule = "\(limit.subject): \(text(limit.most)) \(limit.unit.rawValue) per \(limit.period.rawValue)"
    let state = "\(text(used)) used, \(text(wanted)) wanted; nothing was charged"
    if isForEver {
      return Failure(
        .notPermitted, "limit reached: \(rule) (\(state))", remedy: "this is more than the limit ever allows; see 'limits' in the spool")
    }
    return Failure(.notPermitted, "limit reached: \(rule) (\(state))", remedy: "it opens again at \(opensLocally)")
  }
}

/// The limits and allowances in force, and the clock and calendar that they are counted by.
package struct Limits: Sendable {
  let limits: [Limit]
  let allowances: [Name: Allowance]
  let currency: Currency
  let zone: LocalTime
  let clock: any Clock

  package init(_ limits: [Limit], allowances: [Name: Allowance] = [:], currency: Currency, zone: LocalTime, clock: any Clock) {
    self.allowances = allowances
    (self.limits, self.currency, self.zone, self.clock) = (limits, currency, zone, clock)
  }

  func about(_ subject: Limit.Subject) -> [Limit] { limits.filter { $0.subject == subject } }
}
