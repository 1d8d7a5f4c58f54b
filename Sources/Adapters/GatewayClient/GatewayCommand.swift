package import SharedKernel
internal import SystemCalls

/// The command of a gateway: a program and its words, without a shell.
package struct GatewayCommand: Hashable, Sendable {
  /// Where a command without a slash is looked for; the program gets the same.
  static let searchPath = "/usr/local/bin:/usr/bin:/bin"

  package let words: [String]

  /// Reads `exec COMMAND ARGUMENT...`, words set apart by white space, of which none can have any in it. Nil for anything else.
  package init?(_ text: String) {
    var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    guard words.count >= 2, words.removeFirst() == "exec" else { return nil }
    self.words = words
  }

  /// The program's path; nil where there is none that may be executed. A name with a slash is taken from the root folder, as that
  /// is where commands are run.
  package var program: String? {
    let name = words[0]
    let candidates =
      name.contains("/")
      ? [name.hasPrefix("/") ? name : "/\(name)"] : GatewayCommand.searchPath.split(separator: ":").map { "\($0)/\(name)" }
    return candidates.first(where: mayExecute)
  }

  /// A failure that says what there is to do about a command that cannot be run.
  package func missing(_ gateway: GatewayName) -> Failure {
    Failure(
      .unavailable, "gateway \(gateway): '\(words[0])' is no program that can be run",
      remedy: "correct it in the spool's config, or install it; nothing was charged")
  }
}
