package import SharedKernel

extension OptionTable {
  /// Takes a command line apart, GNU style: `--name VALUE`, `--name=VALUE`, `-sVALUE`, bundled short flags, options anywhere
  /// before `--`. The arguments exclude the program's name.
  package func parse(_ words: [String]) throws(Failure) -> Arguments {
    var arguments = Arguments()
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        for operand in rest { try add(operand: operand, to: &arguments) }
        break
      } else if word.unicodeScalars.starts(with: "--".unicodeScalars) {
        try parse(long: word.unicodeScalars.dropFirst(2), rest: &rest, into: &arguments)
      } else if word.unicodeScalars.first == "-", word != "-", !(takesNegativeNumbers && isNumber(word.dropFirst())) {
        try parse(shorts: word.unicodeScalars.dropFirst(), rest: &rest, into: &arguments)
      } else {
        try add(operand: word, to: &arguments)
      }
    }
    try checkOptionsFitCommand(arguments)
    return arguments
  }

  /// `help` is a command of every tool that has commands: `msg-pay help topup` is `msg-pay topup --help`.
  private func add(operand: String, to arguments: inout Arguments) throws(Failure) {
    guard !commands.isEmpty, arguments.command == nil, arguments.operands.isEmpty else {
      arguments.operands.append(operand)
      return
    }
    if operand == "help" { return arguments.add(CommonOptions.help, nil) }
    guard let command = commands.first(where: { $0.name == operand }) else {
      let nearest = nearest(to: operand, among: commands.map { $0.name })
      throw Failure(.usage, "unknown command '\(operand)'", remedy: nearest.map { "did you mean '\($0)'?" } ?? seeHelp)
    }
    arguments.command = command
  }

  // Words are taken apart by scalars, not by characters: a value may begin with a combining mark, which would be one
  // character with the sign before it.
  private func parse(
    long word: Substring.UnicodeScalarView, rest: inout ArraySlice<String>, into arguments: inout Arguments
  ) throws(Failure) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
    let name = parts.first ?? ""
    guard let option = option(where: { $0.long == name }) else { throw unknown(name, arguments) }
    let attached = parts.count == 2 ? parts[1] : nil
    switch option.value {
    case .none:
      guard attached == nil else { throw Failure(.usage, "--\(name) takes no value", remedy: "write --\(name) alone") }
      arguments.add(option, nil)
    case .optional: try add(option, attached, to: &arguments)
    case .required(let placeholder):
      guard let value = attached ?? rest.popFirst() else {
        throw Failure(.usage, "--\(name) needs a value", remedy: "write --\(name) \(placeholder)")
      }
      try add(option, value, to: &arguments)
    }
  }

  /// An option with a value is given once: of two values it is unclear which is meant.
  private func add(_ option: Option, _ value: String?, to arguments: inout Arguments) throws(Failure) {
    if option.value != .none, arguments.has(option) {
      throw Failure(.usage, "--\(option.long) is given twice", remedy: "give it once")
    }
    arguments.add(option, value)
  }

  private func parse(
    shorts: Substring.UnicodeScalarView, rest: inout ArraySlice<String>, into arguments: inout Arguments
  ) throws(Failure) {
    var flags = shorts
    while let letter = flags.popFirst() {
      guard let option = option(where: { $0.short == Character(letter) }) else {
        throw Failure(.usage, "unknown option -\(letter)", remedy: textRemedy(arguments) ?? seeHelp)
      }
      guard case .required(let placeholder) = option.value else {
        try add(option, nil, to: &arguments)
        continue
      }
      guard let value = flags.isEmpty ? rest.popFirst() : String(flags) else {
        throw Failure(.usage, "-\(letter) needs a value", remedy: "write -\(letter) \(placeholder)")
      }
      try add(option, value, to: &arguments)
      return
    }
  }

  private func checkOptionsFitCommand(_ arguments: Arguments) throws(Failure) {
    if commands.isEmpty { return }
    let fitting = (options + (arguments.command?.options ?? [])).map { $0.long }
    for name in arguments.givenOptions where !fitting.contains(name) {
      let command = arguments.command.map { "'\(tool) \($0.name)'" } ?? tool
      let owners = commands.filter { $0.options.contains { $0.long == name } }.map { $0.name }
      throw Failure(.usage, "\(command) has no option --\(name)", remedy: "it goes with \(owners.joined(separator: ", "))")
    }
  }

  /// The first option that fits, those of the subcommands last.
  private func option(where fits: (Option) -> Bool) -> Option? {
    if let option = options.first(where: fits) { return option }
    for command in commands { if let option = command.options.first(where: fits) { return option } }
    return nil
  }

  private var seeHelp: String { "see '\(tool) --help'" }

  private func unknown(_ name: String, _ arguments: Arguments) -> Failure {
    let nearest = nearest(to: name, among: allOptions.map { $0.long })
    return Failure(.usage, "unknown option --\(name)", remedy: nearest.map { "did you mean --\($0)?" } ?? textRemedy(arguments) ?? seeHelp)
  }

  /// What helps where a word that was taken for an option may be the text.
  private func textRemedy(_ arguments: Arguments) -> String? {
    guard let textOperand, arguments.operands.count >= textOperand else { return nil }
    return "a text that begins with '-' stands behind '--'; see '\(tool) --help'"
  }
}

/// Whether it is digits, perhaps with a point and decimals.
private func isNumber(_ text: Substring) -> Bool {
  let parts = text.split(separator: ".", omittingEmptySubsequences: false)
  return (1...2).contains(parts.count) && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
}

/// The only candidate that the word begins, else the one that is fewest edits away (optimal string alignment);
/// nil when none is near.
func nearest(to word: String, among candidates: [String]) -> String? {
  let begun = word.isEmpty ? [] : candidates.filter { $0.hasPrefix(word) }
  if begun.count == 1 { return begun[0] }
  let ranked = candidates.map { ($0, editDistance(Array(word), Array($0))) }
  guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(1, (word.count + 1) / 3) else { return nil }
  return best.0
}

private func editDistance(_ first: [Character], _ second: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...second.count)
  for (row, left) in first.enumerated() {
    var current = [row + 1]
    for (column, right) in second.enumerated() {
      var cost = min(last[column] + (left == right ? 0 : 1), last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left == second[column - 1], first[row - 1] == right { cost = min(cost, beforeLast[column - 1] + 1) }
      current.append(cost)
    }
    (beforeLast, last) = (last, current)
  }
  return last[second.count]
}
