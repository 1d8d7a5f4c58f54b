/// The answers of a siege, told as siege(1) tells them. Times are seconds.
struct SiegeTable: CustomStringConvertible {
  private let calls: [SiegeCrowd.Call]
  private let elapsed: Double

  init(_ calls: [SiegeCrowd.Call], nanoseconds: Int64) { (self.calls, elapsed) = (calls, Double(nanoseconds) / 1e9) }

  /// Messages a second that were sent.
  var rate: Double { Double(calls.count { $0.status == 0 }) / elapsed }

  var description: String {
    let done = calls.count { $0.status == 0 }
    let times = calls.map { Double($0.nanoseconds) / 1e9 }
    let all = times.reduce(0, +)
    let number = Double(max(1, calls.count))
    let refused = calls.filter(\.isRefused).map { Double($0.nanoseconds) / 1e6 }.sorted()
    let statuses = Dictionary(grouping: calls, by: \.status).map { "\($0.key): \($0.value.count)" }.sorted().joined(separator: ", ")
    return [
      row("Transactions", "\(done) hits"),
      row("Availability", "\(decimal(100 * Double(done) / number)) %"),
      row("Elapsed time", "\(decimal(elapsed)) secs"),
      row("Response time", "\(decimal(all / number)) secs"),
      row("Transaction rate", "\(decimal(rate)) trans/sec"),
      row("Concurrency", decimal(all / elapsed)),
      row("Successful transactions", "\(done)"),
      row("Failed transactions", "\(calls.count - done)"),
      row("Longest transaction", decimal(times.max() ?? 0)),
      row("Shortest transaction", decimal(times.min() ?? 0)),
      row(
        "Refused",
        "\(refused.count)"
          + (refused.isEmpty
            ? ""
            : ", half within \(decimal(refused[refused.count / 2])) ms, 99 % within \(decimal(refused[refused.count * 99 / 100])) ms, "
              + "all within \(decimal(refused[refused.count - 1])) ms")),
      row("Calls that timed out", "\(calls.count(where: \.isTimedOut))"), row("Exit statuses", statuses),
    ]
    .joined(separator: "\n") + sentences
  }

  /// What those who failed were told, the most frequent first.
  private var sentences: String {
    let kinds = Dictionary(grouping: calls.filter { $0.status != 0 }, by: \.sentence).mapValues(\.count)
    return kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(6).map { "\n" + row("  \($0.value) times", $0.key) }.joined()
  }
}

func row(_ name: String, _ value: String) -> String { name + ":" + String(repeating: " ", count: max(1, 27 - name.count)) + value }

/// Two digits behind the point.
func decimal(_ number: Double) -> String {
  let hundredths = Int((number * 100).rounded())
  return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
}
