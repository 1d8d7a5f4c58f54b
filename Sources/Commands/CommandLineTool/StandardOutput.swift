package import SharedKernel
internal import SystemCalls

/// Standard output, buffered; every byte is written or the command fails (74), a full disk included.
package final class StandardOutput {
  private let descriptor = FileDescriptor(owning: 1, path: "standard output")
  private var buffer: [UInt8] = []
  package let isTerminal = Terminal.isTerminal(1)
  /// The terminal's width in columns; nil where standard output is none.
  package let columns = Terminal.columns(1)

  /// Whether what is longer than the screen is to be shown by the user's pager; decided when the first is handed over.
  private var mayPage = false
  private var pager: Pager?
  /// Why the pager could not be started; the output went to the terminal without it.
  package private(set) var pagerFailure: Failure?

  init() {}

  /// Lets the user's pager show what does not fit on the screen. Elsewhere than on a terminal nothing changes, and where the pager cannot
  /// be started, which is reported at the end.
  package func page() { mayPage = isTerminal }

  private func startPagerIfNeeded() {
    guard mayPage else { return }
    mayPage = false
    guard let columns, let rows = Terminal.rows(1), let command = Pager.preferred, filledRows(columns) >= rows else { return }
    do throws(SystemError) { pager = try Pager(shellCommand: command) } catch {
      pagerFailure = Failure(
        .unavailable, "the pager '\(command)' cannot be started: \(error.code)",
        remedy: "everything was printed without it; set $PAGER to a program that is there, or to cat")
    }
  }

  /// The rows that the buffer fills, no fewer than it really does: a byte is never wider than a column.
  private func filledRows(_ columns: Int) -> Int {
    buffer.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).reduce(0) {
      $0 + max(1, ($1.count + columns - 1) / columns)
    }
  }

  /// Hands over everything, and waits until it has been read where there is a pager.
  func finish() throws(Failure) {
    defer { pager?.finish() }
    try flush()
    if let pagerFailure { throw pagerFailure }
  }

  package func write(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

  package func write(_ bytes: [UInt8]) throws(Failure) { try write { $0 += bytes } }

  /// Writes what `append` appends: into the one buffer, so that a long list copies and allocates nothing for a line.
  package func write(_ append: (inout [UInt8]) -> Void) throws(Failure) {
    append(&buffer)
    if buffer.count >= 1 << 16 { try flush() }
  }

  package func writeLine(_ text: String) throws(Failure) { try write(text + "\n") }

  /// Hands over what is buffered; afterwards it is out, or this throws.
  package func flush() throws(Failure) {
    if buffer.isEmpty { return }
    startPagerIfNeeded()
    defer { buffer.removeAll(keepingCapacity: true) }
    do throws(SystemError) { try descriptor.write(all: buffer) } catch {
      throw Failure(.inputOutput, "standard output: \(error.code)", remedy: "nothing more was written")
    }
  }
}
