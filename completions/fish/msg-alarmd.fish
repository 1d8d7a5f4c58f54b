# fish completion for msg-alarmd; written by 'msg-alarmd --completion fish'
function __msg_alarmd
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l lines (msg-alarmd --complete $words[2..] "$current" 2> /dev/null)
  set -l head (string match -r -- '^--[^=]*=' "$current")
  switch "$lines[1]"
    case :directories
      __fish_complete_directories (string replace -r -- '^--[^=]*=' '' "$current") | string replace -r -- '^' "$head"
    case :files
      __fish_complete_path (string replace -r -- '^--[^=]*=' '' "$current") | string replace -r -- '^' "$head"
    case '*'
      printf '%s\n' $lines
  end
end
complete -c msg-alarmd -f -k -a '(__msg_alarmd)'
