// An allowance is credited with the first charge in a period, also one that is declined: ALLW, found by an id made from the account and
// the period, so that it is credited once however many charge at the same moment. What is left of the one before lapses first where it may
// not stay. Charges use up the allowance before other credit; how much of it is left is read from the entries since, once a period.

internal import SharedKernel

extension GeneralLedger {
  /// The balance of an account with its allowance for now, and the postings that give it; none where it was given already.
  func allowance(
    _ account: Name, _ balance: Balance, _ limits: Limits, _ view: any BookView
  ) throws(Failure) -> (balance: Balance, postings: [Posting]) {
    guard let allowance = limits.allowances[account] else { return (balance, []) }
    let start = allowance.period.range(of: limits.clock.now(), limits.zone).lowerBound
    let name = allowance.period.name(of: start, limits.zone)
    let id = MessageID(hashing: "allowance\0\(account)\0\(allowance.period.rawValue)\0\(name)")
    if try view.lastEntry(of: id) != nil { return (balance, []) }
    var (rest, postings, kept) = (balance, [Posting](), Int64(0))
    if allowance.rollover != .all {
      let left = min(max(0, try unused(account, view)), balance.units)
      kept = if case .most(let most) = allowance.rollover { min(left, most.units) } else { 0 }
      if let lapsed = Amount(units: left - kept), lapsed > .zero {
        rest = rest.paying(lapsed) ?? 0
        postings.append(
          Posting(
            .allowance, id: nil, debit: .prepaid(account), credit: .allowance, amount: lapsed, balance: rest,
            memo: "what was left of the allowance before lapsed"))
      }
    }
    let sum = try rest.increased(by: allowance.amount, of: "\(account)")
    postings.append(
      Posting(
        .allowance, id: id, debit: .allowance, credit: .prepaid(account), amount: allowance.amount, balance: sum,
        memo: AllowanceMemo.text(name, kept: kept)))
    return (sum, postings)
  }

  /// What is left of the last allowance and of what it kept of those before. What is given back of a charge that was made before it is
  /// other credit.
  private func unused(_ account: Name, _ view: any BookView) throws(Failure) -> Int64 {
    var (used, left, givenBack) = (Int64(0), Int64(0), [MessageID: Int64]())
    try view.forEachEntry(of: account) { entry throws(Failure) in
      let posting = entry.posting
      guard posting.payer == account, posting.external == nil else { return true }
      switch posting.kind {
      // The newest first: what took a charge back is met before the charge.
      case .void, .refund: if let id = posting.id { givenBack[id] = posting.change.units }
      case .charge:
        used = used.saturatingSum(-posting.change.units)
        if let amount = posting.id.flatMap({ givenBack.removeValue(forKey: $0) }) { used = used.saturatingSum(-amount) }
      case .allowance where posting.change > 0:
        left = posting.amount.units.saturatingSum(AllowanceMemo.kept(posting.memo)) - max(0, used)
        return false
      default: break
      }
      return true
    }
    return left
  }
}

/// The remark at an allowance: `allowance of 2026-11, beside 120 that was left`, in smallest units.
enum AllowanceMemo {
  static func text(_ period: String, kept: Int64) -> String {
    "allowance of \(period)" + (kept > 0 ? ", beside \(kept) that was left" : "")
  }

  static func kept(_ memo: String) -> Int64 {
    let words = memo.split(separator: " ")
    return words.firstIndex(of: "beside").flatMap { $0 + 1 < words.endIndex ? Int64(words[$0 + 1]) : nil }.map { max(0, $0) } ?? 0
  }
}
