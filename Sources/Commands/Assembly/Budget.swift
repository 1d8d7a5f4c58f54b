package import SharedKernel
package import SystemCalls

/// The time a send may take.
package enum Budget {
  /// Where `--timeout` is not given.
  package static let standard = Duration.seconds(5)
  private static let range = Duration.milliseconds(1)...Duration.seconds(86_400)

  /// The deadline that `--timeout` sets: seconds from 0.001 to 86400. A usage error for anything else.
  package static func deadline(_ text: String?) throws(Failure) -> Deadline {
    guard let text else { return .after(standard) }
    guard let duration = duration(text), range.contains(duration) else {
      throw Failure(.usage, "--timeout '\(text)': not a number of seconds from 0.001 to 86400")
    }
    return .after(duration)
  }

  /// Seconds as digits with a decimal point, of whose fraction microseconds count; nil for what else there is to numbers: signs, exponents.
  private static func duration(_ text: String) -> Duration? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? parts[1] : ""
    guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }) else { return nil }
    let millionths = fraction.prefix(6) + String(repeating: "0", count: max(0, 6 - fraction.utf8.count))
    guard let seconds = Int64("0" + parts[0]), let microseconds = Int64(millionths) else { return nil }
    return .seconds(seconds) + .microseconds(microseconds)
  }
}
