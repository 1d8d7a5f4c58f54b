import CommandLineTool
import JSONText
import SharedKernel
import SpoolLayout

/// What the answer to a line repeats of it.
struct BatchEcho {
  let to: JSONValue?
  /// The caller's `id`.
  let key: String?
}

/// What a line of `--batch` says: `{"to":"bob","text":"..."}`, also `from subject id priority at account`, each else as the options say.
struct BatchLines {
  private static let keys = ["to", "text", "from", "subject", "id", "priority", "at", "account"]

  private let standard: MessageWords
  private let aliases: AliasNames

  init(_ standard: MessageWords, _ aliases: AliasNames) { (self.standard, self.aliases) = (standard, aliases) }

  init(sender: Name, arguments: Arguments) throws(Failure) {
    var words = MessageWords(sender: sender, recipients: [])
    words.subject = arguments.value(SendOptions.subject) ?? ""
    words.priority = arguments.value(SendOptions.priority)
    words.time = arguments.value(SendOptions.at)
    words.account = arguments.value(SendOptions.account)
    self.init(words, try arguments.aliases())
  }

  func words(_ line: InputLines.InputLine) throws(Failure) -> MessageWords {
    guard let bytes = line.bytes else {
      throw Failure(.badData, "line \(line.number) is too long", remedy: "'max-size' in the config sets the limit of a text")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.badData, "line \(line.number) is not valid UTF-8", remedy: "write it in UTF-8")
    }
    let object: JSONValue
    do throws(JSONError) { object = try JSONValue(parsing: text) } catch {
      throw Failure(.badData, "line \(line.number) is not JSON: \(error)", remedy: "write {\"to\":\"bob\",\"text\":\"...\"}")
    }
    guard case .object(let members) = object else {
      throw Failure(.badData, "line \(line.number) is not a JSON object", remedy: "write {\"to\":\"bob\",\"text\":\"...\"}")
    }
    if let unknown = members.first(where: { !BatchLines.keys.contains($0.key) }) {
      throw Failure(
        .badData, "line \(line.number): unknown key '\(unknown.key)'", remedy: "the keys are \(BatchLines.keys.joined(separator: ", "))")
    }
    return try words(object, line.number)
  }

  /// The recipients and the id of a line, as far as they can be read: a failed line is answered with them.
  func echo(_ line: InputLines.InputLine) -> BatchEcho {
    guard let bytes = line.bytes, let text = String(validating: bytes, as: UTF8.self), let object = try? JSONValue(parsing: text) else {
      return BatchEcho(to: nil, key: nil)
    }
    let to = object["to"]?.string.map { JSONValue.array($0.split(separator: ",").map { .string(String($0)) }) } ?? object["to"]
    return BatchEcho(to: to, key: object["id"]?.string)
  }

  private func words(_ object: JSONValue, _ number: Int) throws(Failure) -> MessageWords {
    func string(_ key: String) throws(Failure) -> String? {
      switch object[key] {
      case nil, .null: return nil
      case .string(let text): return text
      default: throw Failure(.badData, "line \(number): \"\(key)\" is not a string", remedy: "put it in quotes")
      }
    }
    var words = standard
    if let from = try string("from") {
      guard let name = try aliases.name(of: from) else {
        throw Failure(.usage, "line \(number): invalid name '\(from)'", remedy: "correct \"from\"")
      }
      words.sender = name
    }
    words.recipients = try recipients(object["to"], number)
    guard let text = try string("text") else { throw Failure(.badData, "line \(number) has no \"text\"", remedy: "add one") }
    words.text = Array(text.utf8)
    words.subject = try string("subject") ?? words.subject
    words.key = try string("id")
    words.priority = try string("priority") ?? words.priority
    words.time = try string("at") ?? words.time
    words.account = try string("account") ?? words.account
    return words
  }

  private func recipients(_ value: JSONValue?, _ number: Int) throws(Failure) -> [String] {
    if let list = value?.string { return [list] }
    guard let array = value?.array, !array.isEmpty else {
      throw Failure(.badData, "line \(number) has no \"to\"", remedy: "name a recipient, or several in a list")
    }
    let lists = array.compactMap { $0.string }
    guard lists.count == array.count else {
      throw Failure(.badData, "line \(number): \"to\" holds something that is not a string", remedy: "put the names in quotes")
    }
    return lists
  }
}
