import CommandLineTool
import JSONText
import Mailbox
import SharedKernel

/// Standard output, through which everything from messages passes: a terminal gets it made visible, a pipe unchanged.
struct Page {
  private let output: StandardOutput
  /// The width to fit lines to; nil where standard output is no terminal.
  let columns: Int?
  let usesColor: Bool

  init(_ tool: Tool) throws(Failure) {
    output = tool.output
    columns = tool.output.isTerminal ? tool.output.columns ?? 80 : nil
    usesColor = try tool.usesColor()
  }

  private var isTerminal: Bool { output.isTerminal }

  func visible(_ text: String) -> String { isTerminal ? TerminalText.visible(text) : text }

  func line(_ text: String, isBold: Bool = false) throws(Failure) {
    let shown = visible(text)
    try output.writeLine(isBold && usesColor ? "\u{1b}[1m\(shown)\u{1b}[0m" : shown)
  }

  /// A message on a line of a list, the unread ones bold on a terminal.
  func entry(_ entry: MailboxEntry, _ layout: ListLayout) throws(Failure) {
    let isBold = usesColor && entry.facts.state.contains(.unread)
    try output.write { buffer in
      if isBold { buffer += "\u{1b}[1m".utf8 }
      layout.append(entry, to: &buffer)
      if isBold { buffer += "\u{1b}[0m".utf8 }
      buffer.append(UInt8(ascii: "\n"))
    }
  }

  func json(_ value: JSONValue) throws(Failure) { try line(value.line) }

  /// A message on a line of JSON.
  func json(_ entry: MailboxEntry, text: [UInt8]? = nil) throws(Failure) {
    if isTerminal {
      var line: [UInt8] = []
      entry.appendJSON(text: text, to: &line)
      return try self.line(String(decoding: line, as: UTF8.self))
    }
    try output.write { buffer in
      entry.appendJSON(text: text, to: &buffer)
      buffer.append(UInt8(ascii: "\n"))
    }
  }

  /// Bytes of a message as they are; with `endingLine` a line end behind a last line that has none.
  func bytes(_ bytes: [UInt8], endingLine: Bool = false) throws(Failure) {
    if isTerminal {
      try output.write(TerminalText.visible(String(decoding: bytes, as: UTF8.self), keepingLines: true))
    } else {
      try output.write(bytes)
    }
    if endingLine, let last = bytes.last, last != UInt8(ascii: "\n") { try output.write("\n") }
  }

  /// The text of a message, lines broken between words on a terminal; with a line end behind a last line that has none.
  func text(_ bytes: [UInt8]) throws(Failure) {
    guard let columns else { return try self.bytes(bytes, endingLine: true) }
    let visible = TerminalText.visible(String(decoding: bytes, as: UTF8.self), keepingLines: true)
    let wrapped = TextWrapping.wrapped(visible, to: columns)
    try output.write(wrapped.isEmpty || wrapped.hasSuffix("\n") ? wrapped : wrapped + "\n")
  }

  /// Everything is out afterwards, or this throws. False where it is out, but not as the user asked to see it.
  @discardableResult
  func flush() throws(Failure) -> Bool {
    try output.flush()
    return output.pagerFailure == nil
  }
}
