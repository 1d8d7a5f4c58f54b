import Assembly
import CommandLineTool
import Ledger
import LedgerStore
import SharedKernel
import SpoolLayout
import SystemCalls

/// The commands that move money. Success is silent; `-v` says the balance, `--json` what became of the payment.
extension PayCommand {
  func topUp() throws(Failure) -> ExitStatus {
    if arguments.has(PayOptions.batch) { return try PayBatch(self, .topUp).run() }
    let words = try operands("ACCOUNT", "AMOUNT")
    let request = try request(.topUp, try account(words[0]), try amount(words[1]), memo: try memo())
    let opensAccount = arguments.has(PayOptions.open)
    let spool = opensAccount ? try spool(.writing) : try existingSpool()
    if opensAccount { try noteNewAccount(request.account, spool) }
    return try report(try ledger(spool, .writing).topUp(request, opensAccount: opensAccount), of: request, as: .toppedUp)
  }

  func charge() throws(Failure) -> ExitStatus {
    if arguments.has(PayOptions.batch) { return try PayBatch(self, .charge).run() }
    let words = try operands("ACCOUNT", "AMOUNT")
    let (account, amount, key, memo) = (try account(words[0]), try amount(words[1]), try requiredKey(), try memo())
    let spool = try spool(.writing)
    let request = LedgerRequest(
      id: key.id, account: account, amount: amount, fingerprint: .plain(.charge, account, amount, memo: memo),
      reference: key.reference, memo: memo)
    let done = MovedMoney(id: key.id, reference: key.reference, account: account, amount: amount)
    switch try ledger(spool, .writing).chargeUnlessVoided(request) {
    case .charged(let balance): try answer(done, .charged, balance, detail: "\(account) has \(try currency().text(balance))")
    case .already(let payment):
      try answer(payment, detail: "\(payment.shownKey) was charged before; \(account) had \(try currency().text(payment.balance)) then")
    case .conflict(let payment): throw try payment.isTombstone ? .spent(payment) : conflict(payment)
    case .spent(let payment): throw .spent(payment)
    case .refused(let why): throw why.declined(account)
    case .limited(let reached): throw reached.failure
    case .declined(let balance):
      throw .noCredit(account: account, balance: balance, price: amount, currency: spool.configuration.money)
    }
    return .done
  }

  /// A message's charge is never voided by hand: the text would stay readable, and its key be free for a second copy.
  func void() throws(Failure) -> ExitStatus {
    _ = try operands()
    let (key, caller) = (try requiredKey(), try arguments.userName())
    switch try services(try spool(.writing)).void(key.id, reference: key.reference, by: caller) {
    case .reversed(let payment): try answer(payment, detail: "\(payment.account) has \(try currency().text(payment.balance))")
    case .already(let payment): try answer(payment, detail: "it had been given back before")
    case .requested(let payment): throw Failure(.internalError, "\(payment.shownKey): a gateway's payment was voided by hand")
    case .unknown:
      tool.diagnostics.note("nothing was charged under '\(arguments.value(PayOptions.id) ?? "")', and from now on nothing is")
      try answer(MovedMoney(id: key.id, reference: key.reference), nil, nil, detail: "there was nothing to take back")
    }
    return .done
  }

  func refund() throws(Failure) -> ExitStatus {
    let text = try operands("ID")[0]
    let (key, spool) = (try key(text), try existingSpool())
    let services = try services(spool)
    var outcome = try services.refund(key.id)
    if case .unknown = outcome, let id = try message(sentWith: text, spool) { outcome = try services.refund(id) }
    switch outcome {
    case .reversed(let payment): try answer(payment, detail: "\(payment.account) has \(try currency().text(payment.balance))")
    case .already(let payment):
      try answer(
        payment, detail: "\(payment.shownKey) was refunded before; \(payment.account) had \(try currency().text(payment.balance)) then")
    case .requested(let payment): throw Failure(.temporary, "\(payment.shownKey): its gateway has not confirmed the refund yet")
    case .unknown: throw Failure(.notFound, "'\(text)': no such charge", remedy: "see 'msg-pay history'")
    }
    return .done
  }

  /// The message that was charged for under a key of 'msg-send'. Senders may have used the same key: then only an id tells which is meant.
  private func message(sentWith key: String, _ spool: Spool) throws(Failure) -> MessageID? {
    var senders: [MessageID: Name] = [:]
    try file(spool, .reading).snapshot().forEachEntry(of: nil) { entry throws(Failure) in
      if entry.posting.isCharge, let id = entry.posting.id, MessageMemo(entry.posting.memo)?.key == key {
        senders[id] = entry.posting.sender
      }
      return true
    }
    guard senders.count > 1 else { return senders.keys.first }
    let choices = senders.sorted { $0.key < $1.key }.map { "\($0.key) of \($0.value)" }.joined(separator: ", ")
    throw Failure(.usage, "'\(key)' is the key of \(senders.count) messages: \(choices)", remedy: "give the id of one")
  }

  func newID(_ account: Name) throws(Failure) -> MessageID {
    do throws(SystemError) {
      return MessageID(sender: account, at: Timestamp(sinceEpoch: wallClock()), random: try randomBytes(6))
    } catch {
      throw Failure(storage: error)
    }
  }

  func conflict(_ payment: Payment) throws(Failure) -> Failure {
    let amount = try currency().text(payment.amount)
    let what =
      switch payment.state {
      case .toppedUp, .reversed: "a top-up of \(amount) for"
      case .adjusted: "a correction of \(amount) for"
      case .paidOut: "a payout of \(amount) to"
      case .opened, .closed, .renamed: "an account that was \(payment.state.rawValue),"
      case .pending, .charged, .declined, .reversing, .voided, .refunded: "a charge of \(amount) for"
      }
    return Failure(
      .badData, "\(payment.shownKey) is the key of another request: \(what) \(payment.account)",
      remedy: "nothing was done; use another key (a memo belongs to the request)")
  }
}
