package import SharedKernel
internal import SystemCalls

/// Names as a person types them: the words of `aliases` too, which win over names.
package struct AliasNames: Sendable {
  private let aliases: [String: (targets: [String], place: String, line: Int)]

  /// Of a spool at a path; without aliases where there is none.
  package init(spool path: String) throws(Failure) {
    let root: SpoolRoot
    do throws(SystemError) { root = try SpoolRoot(opening: path) } catch {
      aliases = [:]
      return
    }
    aliases = try AliasFile.read(in: root)
  }

  /// The names that a word stands for, each once; nil where it is neither an alias nor a name. A usage error for an alias that leads back
  /// to itself.
  package func names(of word: String) throws(Failure) -> [Name]? {
    guard aliases[word] != nil else { return Name(word).map { [$0] } }
    var names: [Name] = []
    try expand(word, within: []) { if !names.contains($0) { names.append($0) } }
    return names
  }

  private func expand(_ word: String, within parents: [String], _ body: (Name) -> Void) throws(Failure) {
    guard let (targets, place, _) = aliases[word] else {
      guard let name = Name(word) else {
        throw Failure(.configuration, "\(parents.last.flatMap { aliases[$0]?.place } ?? ""): '\(word)' is neither a name nor an alias")
      }
      return body(name)
    }
    if parents.contains(word) {
      throw Failure(.configuration, "\(place): the alias '\(word)' leads back to itself", remedy: "break the circle")
    }
    for target in targets { try expand(target, within: parents + [word], body) }
  }

  /// The one name that a word stands for; nil where it is neither an alias nor a name. A usage error for a group.
  package func name(of word: String) throws(Failure) -> Name? {
    guard let names = try names(of: word) else { return nil }
    if names.count > 1 {
      throw Failure(
        .usage, "'\(word)' stands for \(names.count) names", remedy: "name one: \(names.map { $0.text }.joined(separator: ", "))")
    }
    return names.first
  }

  /// For each name the word that stands for it alone, the first of several in alphabetical order.
  package var words: [Name: String] {
    var words: [Name: String] = [:]
    for (word, alias) in aliases.sorted(by: { $0.key < $1.key }) where alias.targets.count == 1 {
      if let name = Name(alias.targets[0]), words[name] == nil { words[name] = word }
    }
    return words
  }
}
