package import SharedKernel
package import SystemCalls

/// The time a send may take.
package enum Budget {
  /// Seconds, where `--timeout` is not given.
  package static let standard = 5.0
  private static let range = 0.001...86400.0

  /// The deadline that `--timeout` sets: seconds, fractions allowed.
  package static func deadline(_ text: String?) throws(Failure) -> Deadline {
    guard let seconds = text.map({ Double($0) }) ?? standard, range.contains(seconds) else {
      throw Failure(.usage, "--timeout '\(text ?? "")': not a number of seconds from 0.001 to 86400")
    }
    return .after(.microseconds(Int64(seconds * 1_000_000)))
  }
}
