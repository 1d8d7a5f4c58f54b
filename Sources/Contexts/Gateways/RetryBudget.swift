/// How many repeats all callers of a gateway may make together: repeats help against a short fault and make a long one worse.
/// Tokens come back with success alone, so while nothing succeeds the repeats run out and every caller asks once.
/// (gRPC, proposal A6, "retry throttling".)
package struct RetryBudget: Hashable, Sendable {
  package static let full = 100
  /// The wait before the n-th repeat is drawn evenly from 0 to the base doubled n times ("full jitter").
  static let baseDelay = Duration.milliseconds(25)
  static let longestDelay = Duration.milliseconds(400)

  /// From 0 to 100.
  package private(set) var tokens: Int

  package init(tokens: Int = RetryBudget.full) { self.tokens = min(RetryBudget.full, max(0, tokens)) }

  /// Takes what a repeat costs; false where there is not enough left.
  package mutating func takeRetry(_ costs: RetryCosts = RetryCosts()) -> Bool {
    guard tokens >= costs.repetition else { return false }
    tokens -= costs.repetition
    return true
  }

  package mutating func timedOut(_ costs: RetryCosts = RetryCosts()) { tokens = max(0, tokens - costs.timeOut) }

  package mutating func succeeded() { tokens = min(RetryBudget.full, tokens + 1) }

  /// How long to wait before repeat `attempt`, counted from 1. `chance` is drawn evenly from 0..<1.
  package static func delay(beforeRepeat attempt: Int, chance: Double) -> Duration {
    min(longestDelay, baseDelay * (1 << min(max(0, attempt), 10))) * chance
  }
}

/// Tokens of the budget.
package struct RetryCosts: Hashable, Sendable {
  /// What a repeat takes; of one that costs more than the full budget there is none.
  package var repetition = 5
  /// What a call takes whose time was up.
  package var timeOut = 10

  package init() {}
}
