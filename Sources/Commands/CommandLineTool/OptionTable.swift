/// One option of a tool. The same declaration is parsed, shown by `--help` and written into the shell completions.
package struct Option: Hashable, Sendable {
  /// Whether the option takes a value. An optional value is only taken as `--name=VALUE`.
  package enum Value: Hashable, Sendable {
    case none
    case required(String)
    case optional(String)
  }

  /// What a shell may offer as the value.
  package enum Completion: Hashable, Sendable {
    case nothing
    case directory
    case file
    case words([String])
    /// What stands in the spool.
    case values(CandidateKind)
  }

  /// Without the dashes.
  package let long: String
  package let short: Character?
  package let value: Value
  package let completion: Completion
  /// One phrase for `--help`, lower case, no full stop.
  package let help: String

  package init(
    _ long: String, short: Character? = nil, _ value: Value = .none, completion: Completion = .nothing, help: String
  ) {
    (self.long, self.short, self.value, self.completion, self.help) = (long, short, value, completion, help)
  }
}

/// Options that `--help` and the manual show together.
package struct OptionGroup: Hashable, Sendable {
  /// What they are for, in one or a few words, lower case.
  package let title: String
  package let options: [Option]

  package init(_ title: String, _ options: [Option]) { (self.title, self.options) = (title, options) }
}

/// What a shell may offer for the operands: for the first ones each its own, for all behind them the same.
package struct OperandCompletions: Hashable, Sendable {
  private let first: [Option.Completion]
  private let others: Option.Completion

  package init(_ first: Option.Completion..., others: Option.Completion = .nothing) { (self.first, self.others) = (first, others) }

  /// For the operand with that index, from 0.
  func of(_ index: Int) -> Option.Completion { index < first.count ? first[index] : others }
}

/// A subcommand and the options that go with it.
package struct Command: Hashable, Sendable {
  package let name: String
  /// What follows the name, as in a manual: `ACCOUNT AMOUNT`.
  package let operands: String
  package let operandCompletions: OperandCompletions
  package let help: String
  package let options: [Option]

  package init(
    _ name: String, operands: String = "", completing operandCompletions: OperandCompletions = OperandCompletions(), help: String,
    options: [Option] = []
  ) {
    (self.name, self.operands, self.operandCompletions, self.help, self.options) = (name, operands, operandCompletions, help, options)
  }
}

/// Everything a tool accepts on its command line.
package struct OptionTable: Sendable {
  package let tool: String
  /// One sentence for the head of `--help`.
  package let summary: String
  /// What follows the tool's name: `[OPTION]... RECIPIENT[,RECIPIENT...] [TEXT...]`.
  package let usage: [String]
  /// What may be given without a subcommand.
  package let options: [Option]
  /// What the operands without a subcommand may be.
  package let operandCompletions: OperandCompletions
  /// How `--help` shows the options, those of the subcommands included.
  package let groups: [OptionGroup]
  package let commands: [Command]
  /// True where `-5` is an amount and not an option.
  package let takesNegativeNumbers: Bool
  /// The index of the first operand that is message text, which is data (65) and not usage (64) when it is no UTF-8.
  package let textOperand: Int?
  /// Paragraphs behind the options in `--help`.
  package let notes: [String]

  package init(
    tool: String, summary: String, usage: [String], options: [Option] = [],
    completing operandCompletions: OperandCompletions = OperandCompletions(), groups: [OptionGroup] = [], commands: [Command] = [],
    takesNegativeNumbers: Bool = false, textOperand: Int? = nil, notes: [String] = []
  ) {
    (self.tool, self.summary, self.usage) = (tool, summary, usage)
    (self.options, self.operandCompletions) = (options + CommonOptions.all, operandCompletions)
    (self.groups, self.commands, self.takesNegativeNumbers) = (groups, commands, takesNegativeNumbers)
    (self.textOperand, self.notes) = (textOperand, notes)
  }

  /// Every option once, those of the subcommands included.
  package var allOptions: [Option] {
    var seen: Set<String> = []
    return (options + commands.flatMap { $0.options }).filter { seen.insert($0.long).inserted }
  }
}

/// The options that all four tools have.
package enum CommonOptions {
  package static let spool = Option(
    "spool", .required("DIR"), completion: .directory,
    help: "the spool (else $MSG_SPOOL, else $XDG_STATE_HOME/msgspool, else ~/.local/state/msgspool)")
  package static let quiet = Option("quiet", short: "q", help: "no notes")
  package static let verbose = Option("verbose", short: "v", help: "more notes")
  package static let color = Option(
    "color", .required("WHEN"), completion: .words(["auto", "always", "never"]), help: "colour: auto, always or never")
  package static let completion = Option(
    "completion", .required("SHELL"), completion: .words(["bash", "zsh", "fish"]), help: "print the completion script for a shell")
  package static let help = Option("help", short: "h", help: "show this help")
  package static let version = Option("version", help: "show the version")

  package static let all = [spool, quiet, verbose, color, completion, help, version]
}
