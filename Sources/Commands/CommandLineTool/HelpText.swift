extension OptionTable {
  /// What `--help` prints: usage, commands, options, notes; for one command only its own part.
  package func help(for command: Command? = nil) -> String {
    var text = ""
    if let command {
      text += "usage: \(tool) \(command.name)\(command.operands.isEmpty ? "" : " \(command.operands)") [OPTION]...\n"
      text += "\(capitalized(command.help)).\n"
      if !command.options.isEmpty { text += "\n" + HelpText.table(command.options.map(HelpText.row)) }
    } else {
      for (index, form) in usage.enumerated() { text += "\(index == 0 ? "usage:" : "   or:") \(tool) \(form)\n" }
      text += "\(summary)\n"
      if !commands.isEmpty {
        text += "\ncommands:\n" + HelpText.table(commands.map { ("\($0.name)\($0.operands.isEmpty ? "" : " \($0.operands)")", $0.help) })
      }
      let grouped = Set((groups.flatMap { $0.options } + CommonOptions.all).map { $0.long })
      let others = OptionGroup("options", allOptions.filter { !grouped.contains($0.long) })
      for group in groups + [others] where !group.options.isEmpty {
        text += "\n\(group.title):\n" + HelpText.table(group.options.map(HelpText.row))
      }
    }
    text += "\ncommon options:\n" + HelpText.table(CommonOptions.all.map(HelpText.row))
    for note in notes where command == nil { text += "\n" + HelpText.wrap(note, indent: 0) + "\n" }
    return text
  }

  private func capitalized(_ phrase: String) -> String { phrase.prefix(1).uppercased() + phrase.dropFirst() }
}

private enum HelpText {
  static let width = 80
  static let column = 28

  static func row(_ option: Option) -> (String, String) {
    let short = option.short.map { "-\($0), " } ?? "    "
    let value =
      switch option.value {
      case .none: ""
      case .required(let placeholder): " \(placeholder)"
      case .optional(let placeholder): "[=\(placeholder)]"
      }
    return ("\(short)--\(option.long)\(value)", option.help)
  }

  static func table(_ rows: [(String, String)]) -> String {
    rows.map { left, right in
      let head = "  " + left
      let help = wrap(right, indent: column)
      return head.count + 2 > column
        ? "\(head)\n\(String(repeating: " ", count: column))\(help)\n"
        : head + String(repeating: " ", count: column - head.count) + help + "\n"
    }.joined()
  }

  static func wrap(_ text: String, indent: Int) -> String {
    var (lines, line) = ([String](), "")
    for word in text.split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return (lines + [line]).joined(separator: "\n" + String(repeating: " ", count: indent))
  }
}
