package import SharedKernel
internal import SystemCalls

/// The spool's `aliases`: lines of `word: name, name ...`; `#` at the start of a line or behind a space begins a comment.
package enum AliasFile {
  /// What each word stands for, and where that is written; empty where the file is missing.
  package static func read(in root: SpoolRoot) throws(Failure) -> [String: (targets: [String], place: String, line: Int)] {
    let path = "\(root.path)/\(SpoolFile.aliases)"
    guard let text = try settingsText(of: .aliases, limit: SizeLimit.aliases, in: root) else { return [:] }
    return try parse(text, path: path)
  }

  static func parse(_ text: String, path: String) throws(Failure) -> [String: (targets: [String], place: String, line: Int)] {
    var aliases: [String: (targets: [String], place: String, line: Int)] = [:]
    for line in SettingsLine.all(in: text, path: path) {
      let (word, targets) = try parse(line)
      if let earlier = aliases[word] {
        throw Failure(.configuration, "\(line.place): alias '\(word)' is set a second time", remedy: "see \(earlier.place)")
      }
      aliases[word] = (targets, line.place, line.number)
    }
    return aliases
  }

  /// A line taken apart. Where the first word holds several colons the last one ends it.
  private static func parse(_ line: SettingsLine) throws(Failure) -> (word: String, targets: [String]) {
    let first = line.words[0]
    var (word, rest) = (first, line.words.dropFirst())
    if rest.first == ":" {
      rest = rest.dropFirst()
    } else if let colon = first.lastIndex(of: ":") {
      word = String(first[..<colon])
      rest = [String(first[first.index(after: colon)...])].filter { !$0.isEmpty } + rest
    } else {
      rest = []
    }
    let targets = rest.joined(separator: " ").split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
    guard !word.isEmpty, !targets.isEmpty, targets.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
      throw Failure(
        .configuration, "\(line.place): not of the form 'word: name, name'", remedy: "an alias is one word, a colon, and names with commas")
    }
    if word.contains(where: { $0 == "," || $0 == "/" }) || word.hasControlCharacters {
      throw Failure(
        .configuration, "\(line.place): '\(word)' cannot be an alias", remedy: "take a word without commas, slashes and control characters")
    }
    return (word, targets)
  }

  private static func trimmed(_ text: Substring) -> String { text.split(separator: " ").joined(separator: " ") }
}
