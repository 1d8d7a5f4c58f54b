package import SharedKernel

/// Turns the words a user addresses into names: aliases first (they win over names), groups unfolded, each name once.
package struct AddressBook: Sendable {
  /// An alias: what it stands for, and where that is written, for error messages.
  package struct Alias: Sendable {
    package let targets: [String]
    package let place: String
    package init(targets: [String], place: String) { (self.targets, self.place) = (targets, place) }
  }

  private let aliases: [String: Alias]

  package init(_ aliases: [String: Alias]) { self.aliases = aliases }

  /// The names behind a comma-separated list of words, in order, each once.
  package func recipients(of list: String) throws(Failure) -> [Name] {
    var (names, known) = ([Name](), Set<Name>())
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      let trimmed = word.drop { $0 == " " }
      for name in try expand(String(trimmed), within: []) where known.insert(name).inserted { names.append(name) }
    }
    return names
  }

  private func expand(_ word: String, within parents: [String]) throws(Failure) -> [Name] {
    guard let alias = aliases[word] else {
      if let name = Name(word) { return [name] }
      if let parent = parents.last, let place = aliases[parent]?.place {
        throw Failure(.configuration, "\(place): '\(word)' is neither a name nor an alias", remedy: "correct the alias '\(parent)'")
      }
      throw AddressBook.notAName(word)
    }
    if parents.contains(word) {
      let circle = (parents + [word]).joined(separator: " -> ")
      throw Failure(.configuration, "\(alias.place): the alias '\(word)' leads back to itself (\(circle))", remedy: "break the circle")
    }
    var names: [Name] = []
    for target in alias.targets { names += try expand(target, within: parents + [word]) }
    return names
  }

  private static func notAName(_ word: String) -> Failure {
    if word.isEmpty { return Failure(.usage, "an empty recipient", remedy: "name one, or several with single commas between them") }
    let shown = word.count > 80 ? "\(word.prefix(80))…" : word
    return Failure(
      .usage, "invalid recipient '\(shown)'",
      remedy: "a name has up to 64 letters, digits and . _ + - and begins with a letter, a digit or +; other words go into 'aliases'")
  }
}
