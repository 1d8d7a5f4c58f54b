/// What the payment provider of a siege does, and what could be had from it at best.
enum SiegeProvider: String, CaseIterable {
  /// 400 ± 220 ms, whatever the load.
  case slow
  /// 100 ± 25 ms with one call in hand, and twice that with each ten more.
  case doubling
  /// No answer.
  case hanging
  /// Quick and slow for five seconds each.
  case alternating

  static let quick = "delay 10 40\n"
  private static let slowly = "delay 180 620\n"
  /// Seconds between two changes of the one that alternates.
  private static let period = 5

  /// How it behaves, as msg-bench-bank reads it, so many seconds after the trouble began.
  func behaviour(second: Int) -> String {
    switch self {
    case .slow: SiegeProvider.slowly
    case .doubling: "delay 75 125\ndouble 10\n"
    case .hanging: "delay 10 40\nhang 100\n"
    case .alternating: second / SiegeProvider.period % 2 == 0 ? SiegeProvider.slowly : SiegeProvider.quick
    }
  }

  /// Messages a second that can be paid for at best, and how that is reckoned. `pause` is the longest, in milliseconds. What the programs
  /// themselves take is left out, but for `quickRate`: what they reached while all was well.
  func possible(slots: Int, clients: Int, pause: Int, quickRate: Double) -> (rate: Double, reckoning: String) {
    func least(_ latency: Double, _ slots: Int) -> (Double, String) {
      let (carried, wanted) = (Double(slots) / latency, Double(clients) / (latency + Double(pause) / 2000))
      return (
        min(carried, wanted),
        "\(slots) slots / \(decimal(latency)) s = \(decimal(carried)), clients want \(decimal(wanted))"
      )
    }
    switch self {
    case .slow: return least(0.4, slots)
    case .hanging: return (0, "nothing is answered")
    case .alternating:
      let slow = least(0.4, slots)
      return ((slow.0 + quickRate) / 2, "half of the time \(slow.1); half \(decimal(quickRate)), as before the trouble")
    case .doubling:
      // From 10 to 11 calls in hand the latency doubles from step to step, by a tenth of the step each.
      var best = (0.0, "")
      for number in 1...slots {
        var (latency, rest) = (0.1, number - 1)
        while rest >= 10 { (latency, rest) = (latency * 2, rest - 10) }
        latency *= 1 + Double(rest) / 10
        let found = least(latency, number)
        if latency < 0.61, found.0 > best.0 { best = found }
      }
      return best
    }
  }
}
