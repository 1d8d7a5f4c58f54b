import TestSupport

/// Movements of money that belong to no message.
extension StepPlan {
  mutating func money() -> Step {
    let user = random.pick(StepPlan.users)
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<2:
      return look(
        "msg-pay", random.pick([["balance"], ["history", "--limit", "3"], ["history", "ann", "--limit", "2"], ["quote", "x"]]))
    case 2..<6:
      // Keys are few, so that some are repeated, also by other workers.
      let number = count / 8 + Int.random(in: 0..<3, using: &random)
      var own = SeededRandom(seed: seed &* 37 &+ UInt64(number))
      let (account, amount) = (own.pick(StepPlan.users), Int.random(in: 40...100, using: &own))
      let key = "top-up-\(number)"
      return step(
        "msg-pay", ["topup", account, "\(amount)", "--open", "--id", key], user: user, .topUp(key: key, account: account, amount: amount))
    case 6..<8 where !charges.isEmpty && random.chance(60):
      return charge(random.pick(charges), user: user)
    case 6..<8:
      charges = (charges + [("w\(worker)-charge-\(count)", random.pick(StepPlan.users), Int.random(in: 1...5, using: &random))]).suffix(4)
      return charge(charges[charges.count - 1], user: user)
    default:
      guard !charges.isEmpty else { return look("msg-pay", ["balance"]) }
      let key = random.pick(charges).key
      return step("msg-pay", ["void", "--id", key], user: user, .void(key: key))
    }
  }

  private func charge(_ charge: (key: String, account: String, amount: Int), user: String) -> Step {
    step(
      "msg-pay", ["charge", charge.account, "\(charge.amount)", "--id", charge.key], user: user,
      .charge(key: charge.key, account: charge.account, amount: charge.amount))
  }
}
