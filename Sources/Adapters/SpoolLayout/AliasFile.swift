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
    for (index, line) in lines(of: text).enumerated() {
      let place = "\(path):\(index + 1)"
      guard let (word, targets) = try parse(withoutComment(line), place) else { continue }
      if let earlier = aliases[word] {
        throw Failure(.configuration, "\(place): alias '\(word)' is set a second time", remedy: "see \(earlier.place)")
      }
      aliases[word] = (targets, place, index + 1)
    }
    return aliases
  }

  /// A line taken apart; nil for an empty one. Where the first word holds several colons the last one ends it.
  private static func parse(_ line: Substring, _ place: String) throws(Failure) -> (word: String, targets: [String])? {
    let parts = line.split { " \t".contains($0) }
    guard let first = parts.first else { return nil }
    var (word, rest) = (first, parts.dropFirst())
    if rest.first == ":" {
      rest = rest.dropFirst()
    } else if let colon = first.lastIndex(of: ":") {
      word = first[..<colon]
      rest = [first[first.index(after: colon)...]].filter { !$0.isEmpty } + rest
    } else {
      rest = []
    }
    let targets = rest.joined(separator: " ").split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
    guard !word.isEmpty, !targets.isEmpty, targets.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
      throw Failure(
        .configuration, "\(place): not of the form 'word: name, name'", remedy: "an alias is one word, a colon, and names with commas")
    }
    if word.contains(where: { $0 == "," || $0 == "/" })
      || word.hasControlCharacters
    {
      throw Failure(
        .configuration, "\(place): '\(word)' cannot be an alias", remedy: "take a word without commas, slashes and control characters")
    }
    return (String(word), targets)
  }

  private static func trimmed(_ text: Substring) -> String { text.split(separator: " ").joined(separator: " ") }
}
