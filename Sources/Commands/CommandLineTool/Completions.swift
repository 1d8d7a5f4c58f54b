/// The shells a completion script can be written for.
package enum CompletionShell: String, CaseIterable, Sendable {
  case bash, zsh, fish

  /// The name under which the shell looks the script up.
  package func fileName(tool: String) -> String {
    switch self {
    case .bash: tool
    case .zsh: "_\(tool)"
    case .fish: "\(tool).fish"
    }
  }
}

extension OptionTable {
  /// The completion script of this tool, written from the same table that parses its command line.
  package func completionScript(for shell: CompletionShell) -> String {
    switch shell {
    case .bash: bashScript
    case .zsh: zshScript
    case .fish: fishScript
    }
  }

  private var function: String { "_" + tool.map { $0 == "-" ? "_" : String($0) }.joined() }

  // MARK: bash

  private var bashScript: String {
    func words(_ options: [Option]) -> String {
      options.flatMap { option in (option.short.map { ["-\($0)"] } ?? []) + ["--\(option.long)"] }.joined(separator: " ")
    }
    var values = ""
    for option in allOptions {
      guard case .required = option.value else { continue }
      let names = (option.short.map { "-\($0)|" } ?? "") + "--\(option.long)"
      switch option.completion {
      case .nothing: values += "    \(names)) return ;;\n"
      case .directory: values += "    \(names)) COMPREPLY=($(compgen -d -- \"$current\")); return ;;\n"
      case .words(let choices):
        values += "    \(names)) COMPREPLY=($(compgen -W '\(choices.joined(separator: " "))' -- \"$current\")); return ;;\n"
      }
    }
    var script = """
      # bash completion for \(tool); written by '\(tool) --completion bash'
      \(function)() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
        COMPREPLY=()
        # '=' ends a word for bash: '--name=value' comes as three.
        [[ $current == '=' ]] && current=
        [[ $previous == '=' ]] && previous=${COMP_WORDS[COMP_CWORD-2]}
        case $previous in
      \(values)  esac

      """
    if commands.isEmpty {
      script += "  [[ $current == -* ]] && COMPREPLY=($(compgen -W '\(words(options))' -- \"$current\"))\n"
    } else {
      script += "  local word command= options='\(words(options))'\n"
      script += "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n    case $word in\n"
      script += "      \(commands.map(\.name).joined(separator: "|"))) command=$word; break ;;\n    esac\n  done\n"
      script += "  case $command in\n"
      script += "    '') [[ $current == -* ]] || options='\(commands.map(\.name).joined(separator: " "))' ;;\n"
      for command in commands where !command.options.isEmpty {
        script += "    \(command.name)) options+=' \(words(command.options))' ;;\n"
      }
      script += "  esac\n"
      script += "  [[ -n $command && $current != -* ]] || COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
    }
    return script + "}\ncomplete -o default -F \(function) \(tool)\n"
  }

  // MARK: zsh

  private func zshArguments(_ options: [Option], indent: String) -> String {
    options.map { option in
      let help = option.help.map { "[]:'\\".contains($0) ? ($0 == "'" ? "'\\''" : "\\\($0)") : String($0) }.joined()
      let action: String =
        switch option.completion {
        case .nothing: " "
        case .directory: "_files -/"
        case .words(let choices): "(\(choices.joined(separator: " ")))"
        }
      let (mark, value): (String, String) =
        switch option.value {
        case .none: ("", "")
        case .required(let placeholder): ("=", ":\(placeholder):\(action)")
        case .optional(let placeholder): ("=-", "::\(placeholder):\(action)")
        }
      let long = "'--\(option.long)\(mark)[\(help)]\(value)'"
      guard let short = option.short else { return "\(indent)\(long)" }
      let shortMark = mark.isEmpty ? "" : "+"
      return "\(indent)\(long)\n\(indent)'-\(short)\(shortMark)[\(help)]\(value)'"
    }.joined(separator: "\n")
  }

  private var zshScript: String {
    var script = "#compdef \(tool)\n# zsh completion for \(tool); written by '\(tool) --completion zsh'\n\(function)() {\n"
    if commands.isEmpty {
      script += "  local -a options=(\n\(zshArguments(options, indent: "    "))\n  )\n"
      script += "  _arguments -s -S $options '*:argument:_default'\n"
    } else {
      script += "  local -a options=(\n\(zshArguments(options, indent: "    "))\n  )\n"
      script += "  local -a commands=(\n"
      for command in commands { script += "    '\(command.name):\(command.help.replacing("'", with: "'\\''"))'\n" }
      script += "  )\n  local command=${words[(r)\(commands.map(\.name).joined(separator: "|"))]}\n  case $command in\n"
      for command in commands where !command.options.isEmpty {
        script += "    \(command.name)) options+=(\n\(zshArguments(command.options, indent: "      "))\n    ) ;;\n"
      }
      script += "  esac\n"
      script += "  _arguments -s -S $options '1:command:{_describe command commands}' '*:argument:_default'\n"
    }
    // Called where zsh loads the file itself; announced where a user sources it.
    let file = CompletionShell.zsh.fileName(tool: tool)
    return script + "}\nif [[ $funcstack[1] == \(file) ]]; then \(function) \"$@\"; else compdef \(function) \(tool); fi\n"
  }

  // MARK: fish

  private func fishLines(_ options: [Option], condition: String?) -> String {
    options.map { option in
      var line = "complete -c \(tool)"
      if let condition { line += " -n '\(condition)'" }
      if let short = option.short { line += " -s \(short)" }
      line += " -l \(option.long)"
      if case .required = option.value { line += " -x" }
      switch option.completion {
      case .nothing: break
      case .directory: line += " -a '(__fish_complete_directories)'"
      case .words(let choices): line += " -a '\(choices.joined(separator: " "))'"
      }
      return line + " -d '\(option.help.replacing("'", with: "\\'"))'\n"
    }.joined()
  }

  private var fishScript: String {
    var script = "# fish completion for \(tool); written by '\(tool) --completion fish'\n"
    script += fishLines(options, condition: nil)
    for command in commands {
      script += "complete -c \(tool) -n __fish_use_subcommand -f -a \(command.name) -d '\(command.help.replacing("'", with: "\\'"))'\n"
      script += fishLines(command.options, condition: "__fish_seen_subcommand_from \(command.name)")
    }
    return script
  }
}

extension String {
  /// Every occurrence of one text replaced by another.
  fileprivate func replacing(_ old: Character, with new: String) -> String { map { $0 == old ? new : String($0) }.joined() }
}
