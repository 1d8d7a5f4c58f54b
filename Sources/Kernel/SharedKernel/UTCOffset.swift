/// How far clocks are ahead of UTC: positive in the east, negative in the west.
package struct UTCOffset: Hashable, Sendable {
  package let seconds: Int64

  package init(seconds: Int64) { self.seconds = seconds }

  package static let utc = UTCOffset(seconds: 0)

  /// `+0900`, in whole minutes.
  package var text: String {
    let minutes = Int(abs(seconds) / 60)
    return "\(seconds < 0 ? "-" : "+")\(padded(minutes / 60 * 100 + minutes % 60, 4))"
  }
}
