// Limits are counted in the book. A charge that a limit is about is recorded together with what its account and its sender have used
// since: USED records, found by an id of their own. So the count is read with one look, is exact however many charge at the same time,
// and survives every crash that the charge survives. The first count after a limit was set is read from the entries of the month, once.
//
//   charge    the usage of now, and this charge: more than a limit allows is refused (77), and a first count is recorded all the same, so
//             that the next refusal need not count again; else CHRG and USED in one append
//   void      the usage without that charge, in the periods that it was made in; a refund is of a message that was sent, and counts
//   no limit  nothing is counted, and nothing is looked for

package import SharedKernel

/// What a charge uses, when it may be made.
enum Metering {
  case free([Posting])
  /// With the usage that was counted for the first time.
  case reached(ReachedLimit, [Posting])
}

extension GeneralLedger {
  /// The limit that a payment would exceed that is not recorded yet; nil for none.
  package func reachedLimit(_ request: LedgerRequest) throws(Failure) -> ReachedLimit? {
    let limits = try policy.limits()
    if limits.limits.isEmpty { return nil }
    return try transaction { view throws(Failure) in
      if try view.payment(request.id)?.isOfCharge == true { return Decision(nil) }
      if case .reached(let limit, _) = try metering(request, limits, view) { return Decision(limit) }
      return Decision(nil)
    }
  }

  func metering(_ request: LedgerRequest, _ limits: Limits, _ view: any BookView) throws(Failure) -> Metering {
    if limits.limits.isEmpty { return .free([]) }
    let now = limits.clock.now()
    let count = Usage.Count(messages: Int64(request.copies), credit: request.amount.units)
    var (postings, counts, reached) = ([Posting](), [Posting](), [ReachedLimit]())
    for subject in request.subjects {
      let own = limits.about(subject)
      let recorded = try view.usage(of: subject)
      if own.isEmpty, recorded == nil { continue }
      let known = if let recorded { recorded } else { try counted(subject, limits, view) }
      let usage = known.rolled(to: now, limits.zone)
      for limit in own where count[limit.unit] > 0 && usage.count(limit.period)[limit.unit].saturatingSum(count[limit.unit]) > limit.most {
        let opens = limit.period.range(of: now, limits.zone).upperBound
        reached.append(
          ReachedLimit(
            limit: limit, used: usage.count(limit.period)[limit.unit], wanted: count[limit.unit], opens: opens,
            opensLocally: limits.zone.minute(opens), currency: limits.currency))
      }
      if recorded == nil { counts.append(.usage(subject, usage)) }
      postings.append(.usage(subject, usage.adding(count, at: now, limits.zone)))
    }
    if let last = reached.max(by: { $0.opens < $1.opens }) { return .reached(last, counts) }
    return .free(postings)
  }

  /// What is recorded of the usage when a charge is taken back that was made at `time`.
  func unmetering(_ payment: Payment, at time: Timestamp, _ view: any BookView) throws(Failure) -> [Posting] {
    let memo = MessageMemo(payment.memo)
    let count = Usage.Count(messages: -Int64(memo?.copies ?? 0), credit: -payment.amount.units)
    var postings: [Posting] = []
    for subject in [Limit.Subject.account(payment.account)] + (memo.map { [.sender($0.sender ?? payment.account)] } ?? []) {
      guard let usage = try view.usage(of: subject) else { continue }
      let rolled = usage.rolled(to: policy.clock.now(), policy.zone)
      postings.append(.usage(subject, rolled.adding(count, at: time, policy.zone)))
    }
    return postings
  }

  /// The usage of this month as the entries tell it.
  private func counted(_ subject: Limit.Subject, _ limits: Limits, _ view: any BookView) throws(Failure) -> Usage {
    let now = limits.clock.now()
    let start = Period.month.range(of: now, limits.zone).lowerBound
    var (usage, over) = (Usage(at: now), Set<MessageID>())
    try view.forEachEntry(of: subject.name) { entry throws(Failure) in
      if entry.time < start { return false }
      let posting = entry.posting
      guard let id = posting.id, posting.isOf(subject) else { return true }
      switch posting.kind {
      case .void: over.insert(id)
      case .reversal where posting.external?.reversal == .void: over.insert(id)
      case .declined where posting.external != nil: over.insert(id)
      case .charge, .pending:
        // The newest first: what took it back was met before.
        if over.remove(id) != nil { return true }
        let amount = posting.external?.asked ?? posting.amount
        let messages = Int64(posting.subject == .other ? 0 : MessageMemo(posting.memo)?.copies ?? 0)
        usage = usage.adding(Usage.Count(messages: messages, credit: amount.units), at: entry.time, limits.zone)
      default: break
      }
      return true
    }
    return usage
  }
}

extension BookView {
  /// What was recorded of a subject's usage; nil for nothing.
  fileprivate func usage(of subject: Limit.Subject) throws(Failure) -> Usage? {
    guard let posting = try lastEntry(of: subject.id)?.posting, posting.kind == .usage else { return nil }
    return Usage(posting.memo)
  }
}

extension LedgerRequest {
  fileprivate var subjects: [Limit.Subject] { [.account(account)] + (sender.map { [.sender($0)] } ?? []) }
}

extension Posting {
  static func usage(_ subject: Limit.Subject, _ usage: Usage) -> Posting {
    Posting(
      .usage, id: subject.id, debit: .income, credit: .income, amount: .zero, balance: 0, reference: "\(subject)", memo: usage.text)
  }

  /// Whether somebody's usage has it. What takes a charge back does not always tell who sent.
  fileprivate func isOf(_ subject: Limit.Subject) -> Bool {
    switch subject {
    case .account(let name): payer == name
    case .sender(let name): kind == .void || kind == .declined || sender == name
    }
  }
}
