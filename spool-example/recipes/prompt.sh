# The number of unread messages in the prompt of bash and zsh; nothing when there are none. In ~/.bashrc or ~/.zshrc:
#
#   . /usr/local/share/msgspool/recipes/prompt.sh
#   PS1='$(msg_unread)'"$PS1"
#
# Counting costs about as much as starting a program that does nothing, whatever the size of the mailbox.
msg_unread() {
  msg_unread_count=$(msg-read --count 2> /dev/null)
  case $msg_unread_count in
    '' | 0 | *[!0-9]*) ;;
    *) printf '✉%s ' "$msg_unread_count" ;;
  esac
}
[ -z "${ZSH_VERSION:-}" ] || setopt prompt_subst
