internal import Foundation

/// A line that `msg-send --batch` prints.
struct BatchAnswer: Decodable {
  let line: Int
  let id: String?
  let state: String

  var isAccepted: Bool { ["delivered", "queued", "scheduled"].contains(state) }

  /// The lines that were printed to their end.
  static func answers(in output: String) -> [BatchAnswer] {
    output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap {
      try? JSONDecoder().decode(BatchAnswer.self, from: Data($0.utf8))
    }
  }
}
