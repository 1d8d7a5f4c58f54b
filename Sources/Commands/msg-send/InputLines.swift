import SharedKernel
import SystemCalls

/// Standard input line by line, as it comes: a program that writes a line and waits for its answer gets it before it writes more.
final class InputLines {
  struct InputLine {
    /// Counted from 1.
    let number: Int
    /// Without the line feed; nil for a line beyond the limit.
    let bytes: [UInt8]?
  }

  private let input = FileDescriptor(owning: 0, path: "standard input")
  private let limit: Int
  private var rest: [UInt8] = []
  private var isTooLong = false
  private var isAtEnd = false
  private var count = 0

  /// `limit` is in bytes a line.
  init(limit: Int) { self.limit = limit }

  /// The lines that have come, at least one; nil at the end. Blank lines are passed over.
  func next() throws(Failure) -> [InputLine]? {
    while !isAtEnd {
      let chunk: [UInt8]
      do throws(SystemError) { chunk = try input.read(upTo: 65536) } catch {
        throw Failure(.inputOutput, "standard input cannot be read: \(error.code)", remedy: "give one message a line on it")
      }
      isAtEnd = chunk.isEmpty
      let lines = take(chunk).filter { line in line.bytes?.allSatisfy { $0 == 32 || $0 == 9 || $0 == 13 } != true }
      if !lines.isEmpty { return lines }
    }
    return nil
  }

  /// Splits what has come; the end ends the last line too.
  private func take(_ chunk: [UInt8]) -> [InputLine] {
    var lines: [InputLine] = []
    var start = chunk.startIndex
    while let end = chunk[start...].firstIndex(of: UInt8(ascii: "\n")) {
      add(chunk[start..<end])
      lines.append(line())
      start = end + 1
    }
    add(chunk[start...])
    if isAtEnd, !rest.isEmpty || isTooLong { lines.append(line()) }
    return lines
  }

  private func add(_ bytes: ArraySlice<UInt8>) {
    if rest.count + bytes.count > limit {
      isTooLong = true
      rest = []
    }
    if !isTooLong { rest += bytes }
  }

  private func line() -> InputLine {
    count += 1
    defer { (rest, isTooLong) = ([], false) }
    return InputLine(number: count, bytes: isTooLong ? nil : rest)
  }
}
