package import SharedKernel

/// What stands in a spool and can be given on a command line.
package enum CandidateKind: Hashable, Sendable {
  /// Mailboxes and aliases.
  case recipient
  /// Several recipients with commas between them.
  case recipients
  case mailbox
  /// Messages of a mailbox: by number, or by id where another command than `msg-read` is to find them.
  case message, messageID
  /// Ids of messages that the user sent lately, or of those that wait.
  case sentMessage, waitingMessage
  case account
  /// Keys of payments, newest first; of top-ups; of payments with an unknown outcome.
  case payment, topUp, doubtfulPayment
  case gateway
  case hook, silence
  /// Ids in the newest part of the alarm history.
  case alarm
}

/// One word that fits where the user is typing.
package struct Candidate: Hashable, Sendable {
  package let word: String
  /// What helps to choose, in a few words; empty for none. It may hold anything that a message may.
  package let description: String

  package init(_ word: String, _ description: String = "") { (self.word, self.description) = (word, description) }
}

/// Finds the candidates of a kind, given the command line as far as it is typed. It may find more than fit. It changes nothing in the spool.
package typealias CandidateSource = (CandidateKind, CompletionPosition) throws(Failure) -> [Candidate]

/// What a user is typing, and what stands before it.
package struct CompletionPosition: Sendable {
  /// What may stand where the user is typing.
  package enum Expected: Hashable, Sendable {
    case options, commands
    case value(Option.Completion)
  }

  /// The words before, as far as they can be understood.
  package internal(set) var arguments = Arguments()
  package internal(set) var expected = Expected.value(.nothing)
  /// What of the current word stays as it is, as in `--user=` and `alice,`.
  package internal(set) var kept = ""
  /// The rest of the current word, which candidates begin with.
  package internal(set) var typed = ""
}

extension OptionTable {
  /// Where the user is who has typed `words` after the tool's name, the last of them unfinished. Words are as a shell sees them before it
  /// takes quotes away. A command line that would be refused is understood as far as it goes.
  package func position(in words: [String], home: String?) -> CompletionPosition {
    var position = CompletionPosition()
    var (pending, hasEnded) = (Option?.none, false)
    for word in words.dropLast().map({ ShellWord.unquoted($0, home: home) }) {
      if let option = pending {
        position.arguments.add(option, word)
        pending = nil
      } else if hasEnded || !isOption(word) {
        add(operand: word, to: &position.arguments)
      } else if word == "--" {
        hasEnded = true
      } else if word.hasPrefix("--") {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let option = option(position.arguments, where: { $0.long == parts[0] }) else { continue }
        if case .required = option.value, parts.count == 1 {
          pending = option
        } else {
          position.arguments.add(option, parts.dropFirst().first)
        }
      } else {
        pending = takeShorts(word.dropFirst(), &position.arguments)
      }
    }
    let current = ShellWord.unquoted(words.last ?? "", home: home)
    position.typed = current
    if let pending {
      position.expected = .value(pending.completion)
    } else if !hasEnded, current.hasPrefix("-"), current != "-" || !expectsText(position.arguments) {
      lookInside(option: current, &position)
    } else if !commands.isEmpty, position.arguments.command == nil {
      position.expected = .commands
    } else {
      let operands = position.arguments.command?.operandCompletions ?? operandCompletions
      position.expected = .value(operands.of(position.arguments.operands.count))
    }
    if position.expected == .value(.values(.recipients)), let comma = position.typed.lastIndex(of: ",") {
      let start = position.typed.index(after: comma)
      position.kept += position.typed[..<start]
      position.typed = String(position.typed[start...])
    }
    return position
  }

  /// `--name=va`, or a name that is not finished.
  private func lookInside(option word: String, _ position: inout CompletionPosition) {
    guard let sign = word.firstIndex(of: "="), word.hasPrefix("--") else {
      position.expected = .options
      return
    }
    let name = word[..<sign].dropFirst(2)
    let option = option(position.arguments) { $0.long == name && $0.value != .none }
    position.expected = .value(option?.completion ?? .nothing)
    position.kept = String(word[...sign])
    position.typed = String(word[word.index(after: sign)...])
  }

  /// The option whose value is the next word; nil where there is none.
  private func takeShorts(_ letters: Substring, _ arguments: inout Arguments) -> Option? {
    for (index, letter) in zip(letters.indices, letters) {
      guard let option = option(arguments, where: { $0.short == letter }) else { return nil }
      let rest = letters[letters.index(after: index)...]
      guard case .required = option.value else {
        arguments.add(option, nil)
        continue
      }
      if rest.isEmpty { return option }
      arguments.add(option, String(rest))
      return nil
    }
    return nil
  }

  private func add(operand: String, to arguments: inout Arguments) {
    if arguments.command == nil, arguments.operands.isEmpty, let command = commands.first(where: { $0.name == operand }) {
      arguments.command = command
    } else {
      arguments.operands.append(operand)
    }
  }

  private func isOption(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" && !(takesNegativeNumbers && Int(word) != nil) }

  /// Whether a `-` alone is the text from standard input, and not the beginning of an option.
  private func expectsText(_ arguments: Arguments) -> Bool { textOperand.map { arguments.operands.count >= $0 } ?? false }

  /// The command's own option, where both have one of the name.
  private func option(_ arguments: Arguments, where fits: (Option) -> Bool) -> Option? {
    arguments.command?.options.first(where: fits) ?? options.first(where: fits)
  }

  /// What is offered, one line each: the whole word, and behind a tab what helps to choose. A line without a tab says that the shell is to
  /// offer its own files or folders.
  package func completionLines(at position: CompletionPosition, _ source: CandidateSource) throws(Failure) -> [String] {
    let candidates: [Candidate]
    switch position.expected {
    case .value(.nothing): return []
    case .value(.directory): return [":directories"]
    case .value(.file): return [":files"]
    case .value(.words(let words)): candidates = words.map { Candidate($0) }
    case .value(.values(let kind)):
      let given = Set(position.kept.split(separator: ",").map(String.init))
      candidates = try source(kind, position).filter { !given.contains($0.word) }
    case .commands: candidates = commands.map { Candidate($0.name, $0.help) }
    case .options:
      let options = self.options + (position.arguments.command?.options ?? [])
      candidates = options.filter { !position.arguments.has($0) }.map { Candidate("--\($0.long)", $0.help) }
    }
    return candidates.filter { $0.word.utf8.starts(with: position.typed.utf8) }.map { candidate in
      let description = TerminalText.visible(DisplayWidth.fitted(candidate.description, to: 60))
      return "\(position.kept)\(candidate.word)\t\(description)"
    }
  }
}

/// A word of a command line as it is typed.
enum ShellWord {
  /// Without quotes and backslashes, and with the home folder for `~/`; a quote that is still open counts too.
  static func unquoted(_ word: String, home: String?) -> String {
    if let home, word.hasPrefix("~/") { return home + unquoted(String(word.dropFirst()), home: nil) }
    var (result, quote, isEscaped) = (String.UnicodeScalarView(), Unicode.Scalar?.none, false)
    for scalar in word.unicodeScalars {
      if isEscaped {
        result.append(scalar)
        isEscaped = false
      } else if scalar == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if scalar == open { quote = nil } else { result.append(scalar) }
      } else if scalar == "'" || scalar == "\"" {
        quote = scalar
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
