import CommandLineTool
import SharedKernel
import SystemCalls

/// Where the text of a message comes from.
enum TextInput {
  /// The arguments joined by one space; without any, or with a single `-`, standard input to its end.
  /// When a text is given standard input is never touched. A text of more than `limit` bytes is not read to its end, unless it is to be
  /// shortened: then its writer is not disturbed, and what is beyond the limit is passed over.
  static func read(_ words: [String], limit: Int, isShortened: Bool = false, tool: Tool) throws(Failure) -> [UInt8] {
    if !words.isEmpty, words != ["-"] { return Array(words.joined(separator: " ").utf8) }
    if Terminal.isTerminal(0) { tool.diagnostics.note("write the message, then end it with Ctrl-D on a line of its own") }
    let input = FileDescriptor(owning: 0, path: "standard input")
    let text: [UInt8]?
    do throws(SystemError) {
      text = isShortened ? try front(of: input, limit: limit + 2) : try input.readToEnd(limit: limit + 1)
    } catch {
      throw Failure(.inputOutput, "standard input cannot be read: \(error.code)", remedy: "give the text as arguments or on standard input")
    }
    guard let text else {
      throw Failure(.badData, "the text is larger than \(limit) bytes", remedy: "shorten it; 'max-size' in the config sets the limit")
    }
    return text
  }

  /// Reads to the end and keeps `limit` bytes at least, where there are so many. The caller asks for two more than it can use: one that shows
  /// that there is more, and a newline before it, which would pass for the last one.
  private static func front(of input: borrowing FileDescriptor, limit: Int) throws(SystemError) -> [UInt8] {
    var text: [UInt8] = []
    while true {
      let chunk = try input.read(upTo: 65536)
      if chunk.isEmpty { return text }
      if text.count < limit { text += chunk }
    }
  }
}
