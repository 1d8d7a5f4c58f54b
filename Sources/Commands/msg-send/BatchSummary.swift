import CommandLineTool
import JSONText
import SharedKernel

/// What became of the lines of a batch, counted.
struct BatchSummary: CustomStringConvertible {
  private var lines = 0
  private var counts: [String: Int] = [:]
  private(set) var worst = ExitStatus.done

  mutating func add(_ answer: BatchAnswer) {
    lines += 1
    counts[answer.value["state"]?.string ?? "unknown", default: 0] += 1
    if answer.status.code > worst.code { worst = answer.status }
  }

  /// `5 lines: 3 delivered, 2 failed`.
  var description: String {
    let parts = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    return "\(lines) \(lines == 1 ? "line" : "lines")" + (parts.isEmpty ? "" : ": \(parts.joined(separator: ", "))")
  }
}
