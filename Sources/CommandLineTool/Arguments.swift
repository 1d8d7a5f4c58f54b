package import SharedKernel

/// A command line taken apart by an `OptionTable`.
package struct Arguments: Sendable {
  /// The subcommand, for tools that have them; nil when none was given.
  package internal(set) var command: Command?
  /// What is no option, without the subcommand.
  package internal(set) var operands: [String] = []
  private var given: [String: [String?]] = [:]

  init() {}

  package func has(_ option: Option) -> Bool { given[option.long] != nil }

  /// The value given last; nil when the option was not given, or given without its optional value.
  package func value(_ option: Option) -> String? { given[option.long]?.last ?? nil }

  /// Every value, in the order given.
  package func values(_ option: Option) -> [String] { (given[option.long] ?? []).compactMap { $0 } }

  mutating func add(_ option: Option, _ value: String?) { given[option.long, default: []].append(value) }

  /// Whether a word stands where message text does: an operand from `first` on, or the value of an option that takes TEXT.
  func isText(_ word: String, firstOperand first: Int?, options: [Option]) -> Bool {
    let isOperand = first.map { operands.dropFirst($0).contains(word) } ?? false
    return isOperand || options.contains { $0.value == .required("TEXT") && values($0).contains(word) }
  }

  var givenOptions: [String] { given.keys.sorted() }
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
