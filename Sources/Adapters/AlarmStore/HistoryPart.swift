internal import SharedKernel

/// One file of the history: what was written on a day, or a later part of that where a day has much to tell.
///
///     2026-11-26.jsonl  2026-11-26.p002.jsonl  2026-11-26.p003.jsonl
///
/// In a listing they stand in the order in which they were written.
struct HistoryPart: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// `YYYY-MM-DD`, UTC.
  let day: String
  /// From 1 on.
  let number: Int

  /// Before all others.
  static let none = HistoryPart(day: "0000-00-00")

  init(day: String, number: Int = 1) { (self.day, self.number) = (day, number) }

  /// Reads a name without its ending; nil for anything else.
  init?(_ text: some StringProtocol) {
    let day = String(text.prefix(10))
    guard Timestamp(rfc3339: "\(day)T00:00:00Z") != nil || day == HistoryPart.none.day else { return nil }
    let rest = text.dropFirst(10)
    let number = rest.isEmpty ? 1 : Int(rest.dropFirst(2)) ?? 0
    self.init(day: day, number: number)
    guard number > 0, description == text else { return nil }
  }

  var next: HistoryPart { HistoryPart(day: day, number: number + 1) }
  var fileName: String { "\(self).jsonl" }
  var description: String { number == 1 ? day : "\(day).p\(padded(number, 3))" }

  static func < (left: HistoryPart, right: HistoryPart) -> Bool { (left.day, left.number) < (right.day, right.number) }
}
