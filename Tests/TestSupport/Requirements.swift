internal import Foundation
internal import Testing

/// What tests need that may be missing here: programs from Debian (`Tests/packages`), and the rights of root. A test that is about to use it
/// is left out, and says what it lacks; `Tests/run.sh` lists those tests.
package enum Requirements {
  private struct Program {
    let name: String
    let package: String
  }

  package static let path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"

  private static let missing: [Program] = {
    let folders = path.split(separator: ":")
    var programs: [Program] = []
    for line in ((try? Repository.read("Tests/packages")) ?? "").split(separator: "\n") where !line.hasPrefix("#") {
      let words = line.split(separator: " ").map(String.init)
      for word in words.dropFirst() {
        let places = word.hasPrefix("/") ? [word] : folders.map { "\($0)/\(word)" }
        if places.allSatisfy({ unsafe access($0, F_OK) != 0 }) { programs.append(Program(name: word, package: words[0])) }
      }
    }
    return programs
  }()

  /// Leaves the test out that is about to run a command whose words, or the script among them, name what is missing.
  static func check(_ words: [String]) throws {
    if missing.isEmpty && geteuid() == 0 || Test.current == nil { return }
    for word in words {
      let text = script(at: word) ?? word
      for program in missing where names(program.name, in: text) { try lacks("\(program.name): apt-get install \(program.package)") }
      // A script that asks who runs it goes on without.
      let asks = text.contains("id -u")
      for program in ["mount", "setpriv"] where geteuid() != 0 && !asks && names(program, in: text) { try lacks("root, for \(program)") }
    }
  }

  /// Leaves this test out.
  package static func lacks(_ what: String) throws -> Never { try Test.cancel("left out, it lacks \(what)") }

  /// The text of one of the repository's own scripts.
  private static func script(at word: String) -> String? {
    guard word.hasPrefix("\(Repository.path)/"), !word.contains("/.build"), let text = try? String(contentsOfFile: word, encoding: .utf8),
      text.hasPrefix("#!")
    else { return nil }
    return text
  }

  /// Whether a text has the name as a word of a command.
  private static func names(_ program: String, in text: String) -> Bool {
    var rest = text[...]
    while let found = rest.firstRange(of: program) {
      let (before, after) = (rest[..<found.lowerBound].last, rest[found.upperBound...].first)
      let isWord = { (character: Character?) in character.map { $0.isLetter || $0.isNumber || "-_.+=".contains($0) } ?? false }
      if !isWord(before) && !isWord(after) { return true }
      rest = rest[found.upperBound...]
    }
    return false
  }
}
