package import SharedKernel

/// A command line taken apart by an `OptionTable`.
package struct Arguments: Sendable {
  /// The subcommand, for tools that have them; nil when none was given.
  package internal(set) var command: Command?
  /// What is no option, without the subcommand.
  package internal(set) var operands: [String] = []
  /// The options in the order given. A command line is short, and a list needs no hashing.
  private var given: [(name: String, value: String?)] = []

  init() {}

  package func has(_ option: Option) -> Bool { given.contains { $0.name == option.long } }

  /// The value given last; nil when the option was not given, or given without its optional value.
  package func value(_ option: Option) -> String? { given.last { $0.name == option.long }?.value }

  /// Every value, in the order given.
  package func values(_ option: Option) -> [String] { given.filter { $0.name == option.long }.compactMap { $0.value } }

  /// Puts an operand before those that are there.
  package mutating func prepend(operand: String) { operands.insert(operand, at: 0) }

  /// Takes over the options of another command line that this one does not have.
  package mutating func add(missingFrom other: Arguments) {
    given = other.given.filter { option in !given.contains { $0.name == option.name } } + given
  }

  mutating func add(_ option: Option, _ value: String?) { given.append((option.long, value)) }

  /// Whether a word stands where message text does: an operand from `first` on, or the value of an option that takes TEXT.
  func isText(_ word: String, firstOperand first: Int?, options: [Option]) -> Bool {
    let isOperand = first.map { operands.dropFirst($0).contains(word) } ?? false
    return isOperand || options.contains { $0.value == .required("TEXT") && values($0).contains(word) }
  }

  /// The names of the options given, sorted; one that was given twice stands there twice.
  package var givenOptions: [String] { given.map { $0.name }.sorted() }
}

extension Arguments {
  /// The value as a whole number within `range`; a usage error otherwise.
  package func integer(_ option: Option, in range: ClosedRange<Int>) throws(Failure) -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Failure(
        .usage, "--\(option.long) '\(text)': not a number it takes",
        remedy: "give a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// Refuses two options that contradict each other.
  package func refuse(_ one: Option, with other: Option) throws(Failure) {
    if has(one), has(other) {
      throw Failure(.usage, "--\(one.long) and --\(other.long) cannot be given together", remedy: "leave one of them out")
    }
  }
}
