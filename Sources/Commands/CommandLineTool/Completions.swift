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
  /// The completion script of this tool. It asks the tool itself what fits (`completionLines`), so a shell neither knows the options nor
  /// parses a file; what it is told is what the tool would take.
  package func completionScript(for shell: CompletionShell) -> String {
    let head = "\(shell.rawValue) completion for \(tool); written by '\(tool) --completion \(shell.rawValue)'"
    return switch shell {
    case .bash: "# \(head)\n\(bashScript)"
    case .zsh: "#compdef \(tool)\n# \(head)\n\(zshScript)"
    case .fish: "# \(head)\n\(fishScript)"
    }
  }

  private var function: String { "_" + tool.map { $0 == "-" ? "_" : String($0) }.joined() }

  private var question: String { "\(tool) \(Tool.completionQuestion)" }

  private var bashScript: String {
    """
    \(function)() {
      local word last= head= joins= shown= i value width=0 words=() lines=()
      # '=' and ':' are words of their own for bash: '--name=value' comes as three, and only what is behind the sign is replaced.
      for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ -n $last && -n $word && -z ${word//[=:]/} ]]; then
          last+=$word head=$last joins=yes
        elif [[ -n $joins ]]; then
          last+=$word joins=
        else
          [[ -z $last ]] || words+=("$last")
          last=$word head=
        fi
      done
      mapfile -t lines < <(\(question) "${words[@]}" "$last" 2> /dev/null)
      COMPREPLY=()
      case ${lines[0]-} in
        :directories) mapfile -t COMPREPLY < <(compgen -d -- "${last#"$head"}"); compopt -o filenames 2> /dev/null; return ;;
        :files) mapfile -t COMPREPLY < <(compgen -f -- "${last#"$head"}"); compopt -o filenames 2> /dev/null; return ;;
        '') return ;;
      esac
      COMPREPLY=("${lines[@]%%$'\\t'*}")
      COMPREPLY=("${COMPREPLY[@]#"$head"}")
      [[ ${COMPREPLY[*]} != *[\\\\\\'\\"\\`\\$\\&\\|\\;\\<\\>\\(\\)\\*\\?\\[\\#\\~\\!]* ]] || for i in "${!COMPREPLY[@]}"; do
        printf -v "COMPREPLY[i]" %q "${COMPREPLY[i]}"
      done
      # Several words are shown with their descriptions, except where one would be inserted with its own.
      [[ ${#lines[@]} -gt 1 && ${#lines[@]} -le 200 && $last != -* && ${COMP_TYPE-} != 37 && ${COMP_TYPE-} != 42 ]] || return 0
      for value in "${COMPREPLY[@]}"; do ((${#value} <= width)) || width=${#value}; done
      for i in "${!lines[@]}"; do
        [[ ${lines[i]} != *$'\\t' ]] || continue
        printf -v "COMPREPLY[i]" "%-${width}s  %s" "${COMPREPLY[i]}" "${lines[i]#*$'\\t'}"
        COMPREPLY[i]=${COMPREPLY[i]:0:${COLUMNS:-80}-2} shown=yes
      done
      # Where one is wider than half of the terminal, each stands on a line of its own.
      [[ -z $shown ]] || printf -v "COMPREPLY[0]" "%-$((${COLUMNS:-80} * 3 / 4))s" "${COMPREPLY[0]}"
    }
    complete -o nosort -F \(function) \(tool)

    """
  }

  private var zshScript: String {
    """
    \(function)() {
      local line
      local -a lines values shown
      lines=("${(@f)$(\(question) "${(@)words[2,CURRENT-1]}" "$PREFIX" 2> /dev/null)}")
      case $lines[1] in
        :directories) compset -P '--*='; _files -/; return ;;
        :files) compset -P '--*='; _files; return ;;
        '') return 1 ;;
      esac
      values=("${(@)lines%%$'\\t'*}")
      if [[ -z ${(j::)lines#*$'\\t'} ]] || (($#lines > 1000)); then
        compadd -V values -a values
      else
        local width=${${(On)values//?/?}[1]}
        for line in $lines; do
          shown+=("${(mr:COLUMNS - 1:)${:-${(mr:$#width:)${line%%$'\\t'*}}  ${line#*$'\\t'}}}")
        done
        compadd -V values -l -d shown -a values
      fi
    }
    if [[ $funcstack[1] == \(CompletionShell.zsh.fileName(tool: tool)) ]]; then \(function) "$@"; else compdef \(function) \(tool); fi

    """
  }

  private var fishScript: String {
    """
    function _\(function)
      set -l words (commandline -opc)
      set -l current (commandline -ct)
      set -l lines (\(question) $words[2..] "$current" 2> /dev/null)
      set -l head (string match -r -- '^--[^=]*=' "$current")
      switch "$lines[1]"
        case :directories
          __fish_complete_directories (string replace -r -- '^--[^=]*=' '' "$current") | string replace -r -- '^' "$head"
        case :files
          __fish_complete_path (string replace -r -- '^--[^=]*=' '' "$current") | string replace -r -- '^' "$head"
        case '*'
          printf '%s\\n' $lines
      end
    end
    complete -c \(tool) -f -k -a '(_\(function))'

    """
  }
}
