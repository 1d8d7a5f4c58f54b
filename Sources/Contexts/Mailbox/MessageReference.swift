package import SharedKernel

/// How a user names messages of a mailbox.
package enum MessageReference: Hashable, Sendable {
  case number(Int)
  /// Both ends included.
  case range(ClosedRange<Int>)
  case first, last
  /// The oldest unread one.
  case next
  /// The id of a send, or the base name of a file.
  case id(String)

  /// Reads one word. A range without an end, or that runs backwards, is a usage error; whether a message is there is
  /// the mailbox's to say.
  package init(parsing word: String) throws(Failure) {
    switch word {
    case "first": self = .first
    case "last": self = .last
    case "next": self = .next
    case "": throw Failure(.usage, "'' names no message", remedy: "name a number, a range 3-5, first, last, next or an id")
    default: self = try MessageReference.numbers(word) ?? .id(word)
    }
  }

  /// A number or range; nil for what is written otherwise.
  private static func numbers(_ word: String) throws(Failure) -> MessageReference? {
    let ends = word.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard ends.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return nil }
    if ends.contains(where: { $0.isEmpty }) {
      throw Failure(.usage, "'\(word)' is no range", remedy: "give both ends, as in 3-5; the last message is called 'last'")
    }
    let numbers = ends.map { Int($0) ?? Int.max }
    if numbers.count == 2, numbers[0] > numbers[1] {
      throw Failure(.usage, "'\(word)' is no range", remedy: "write the smaller number first, as in 3-5")
    }
    // A number too large to count to names no message, and is shown as it was written.
    if ends.contains(where: { Int($0) == nil }) { return .id(word) }
    guard numbers.count == 2 else { return .number(numbers[0]) }
    return .range(numbers[0]...numbers[1])
  }
}
