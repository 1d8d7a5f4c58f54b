/// How many repeats all callers of a gateway may make together: repeats help against a short fault and make a long one worse.
/// Tokens come back with success alone, so while nothing succeeds the repeats run out and every caller asks once.
/// (gRPC, proposal A6, "retry throttling".)
package struct RetryBudget: Hashable, Sendable {
  package static let full = 100
  static let retryPrice = 5
  static let timeOutPrice = 10
  /// Microseconds. The wait before the n-th repeat is drawn evenly from 0 to the base doubled n times ("full jitter").
  static let baseDelay: Int64 = 25_000
  static let longestDelay: Int64 = 400_000

  /// From 0 to 100.
  package private(set) var tokens: Int

  package init(tokens: Int = RetryBudget.full) { self.tokens = min(RetryBudget.full, max(0, tokens)) }

  /// Takes what a repeat costs; false where there is not enough left.
  package mutating func takeRetry() -> Bool {
    guard tokens >= RetryBudget.retryPrice else { return false }
    tokens -= RetryBudget.retryPrice
    return true
  }

  package mutating func timedOut() { tokens = max(0, tokens - RetryBudget.timeOutPrice) }

  package mutating func succeeded() { tokens = min(RetryBudget.full, tokens + 1) }

  /// Microseconds to wait before repeat `attempt`, counted from 1. `chance` is drawn evenly from 0..<1.
  package static func delay(beforeRepeat attempt: Int, chance: Double) -> Int64 {
    let longest = min(longestDelay, baseDelay << Int64(min(max(0, attempt), 10)))
    return Int64(Double(longest) * chance)
  }
}
