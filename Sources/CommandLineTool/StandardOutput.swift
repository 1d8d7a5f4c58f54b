package import SharedKernel
internal import SystemCalls

/// Standard output, buffered; every byte is written or the command fails (74), a full disk included.
package final class StandardOutput {
  private let descriptor = FileDescriptor(owning: 1, path: "standard output")
  private var buffer: [UInt8] = []
  package let isTerminal = Terminal.isTerminal(1)
  /// The terminal's width in columns; nil where standard output is none.
  package let columns = Terminal.columns(1)

  init() {}

  package func write(_ text: String) throws(Failure) { try write(Array(text.utf8)) }

  package func write(_ bytes: [UInt8]) throws(Failure) {
    buffer += bytes
    if buffer.count >= 1 << 16 { try flush() }
  }

  package func writeLine(_ text: String) throws(Failure) { try write(text + "\n") }

  /// Hands over what is buffered; afterwards it is out, or this throws.
  package func flush() throws(Failure) {
    if buffer.isEmpty { return }
    let bytes = buffer
    buffer = []
    do throws(SystemError) { try descriptor.write(all: bytes) } catch {
      throw Failure(.inputOutput, "standard output: \(error.code)", remedy: "nothing more was written")
    }
  }
}
