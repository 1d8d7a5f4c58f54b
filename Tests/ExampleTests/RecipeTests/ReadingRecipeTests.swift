import TestSupport
import Testing

/// The recipes that read, in `spool-example/recipes`: in the real shells and programs.
@Suite struct ReadingRecipeTests {
  private let recipe: RecipeCase

  init() throws {
    recipe = try RecipeCase()
    for text in ["저녁 7시에 만나요", "see you at seven"] { try #require(recipe.spool.run("msg-send", ["bob", text]).status == 0) }
  }

  /// Breaks when the prompt does not count, or says something where there is nothing.
  @Test(arguments: ["bash --norc", "zsh -f"])
  func thePromptCounts(shell: String) throws {
    try recipe.folder.write(
      "session",
      ". '\(RecipeCase.recipes)/prompt.sh'\nprintf '[%s]' \"$(msg_unread)\"\nmsg-read --mark-read 1-2\nprintf '[%s]' \"$(msg_unread)\"\n")
    #expect(try recipe.shell("\(shell) session", user: "bob").output == "[✉2 ][]")
    #expect(try recipe.shell("PATH=/usr/bin:/bin; \(shell) -c \". '\(RecipeCase.recipes)/prompt.sh'; msg_unread\"").output.isEmpty)
  }

  /// Breaks when tmux does not show the count. Its terminal is another tmux, which can say what it shows.
  @Test func tmuxShowsTheCount() throws {
    let shown = try recipe.shell(
      """
      outer() { tmux -S "$HOME/outer" -f /dev/null "$@"; }
      inner="tmux -u -S '$HOME/inner' -f '\(RecipeCase.recipes)/tmux.conf'"
      outer new-session -d -x 120 "env -u TMUX TERM=screen $inner new-session"
      for i in $(seq 300); do
        case $(outer capture-pane -p) in *✉2*) echo shown; break ;; esac
        sleep 0.1
      done
      eval "$inner kill-server"
      outer kill-server
      """, user: "bob")
    #expect(shown.output == "shown\n", "\(shown)")
  }

  /// Breaks when what fzf finds is not what is shown.
  @Test func pickShowsWhatWasChosen() throws {
    let picked = try recipe.shell("FZF_DEFAULT_OPTS='--filter=저녁' pick", user: "bob")
    #expect(picked.status == 0 && picked.output.hasSuffix("\n저녁 7시에 만나요\n"), "\(picked)")
    #expect(try recipe.spool.run("msg-read", ["--count"], user: "bob").output == "1\n")
    #expect(try recipe.shell("FZF_DEFAULT_OPTS='--filter=nothing-like-it' pick", user: "bob").status == 1)
  }

  /// Breaks when mutt does not find the mailbox, or a message cannot be answered from it.
  @Test func muttReadsTheSpool() throws {
    let read = try recipe.shell(
      "TERM=xterm script -qec \"mutt -n -F '\(RecipeCase.recipes)/muttrc' -e 'push <display-message><exit><quit>'\" /dev/null", user: "bob")
    #expect(read.status == 0 && read.output.contains("Msgs:2"), "\(read)")
    #expect(try recipe.spool.run("msg-read", ["--count"], user: "bob").output == "1\n")
    try recipe.folder.write("typed", "on my way\n")
    let answered = try recipe.shell("msg-read --raw 1 | MUTT_REPLY_TERMINAL=typed mutt-reply", user: "bob")
    #expect(answered.status == 0, "\(answered)")
    #expect(try recipe.text(of: "alice") == "on my way\n")
    #expect(try recipe.shell("printf 'Subject: x\\n\\ny\\n' | mutt-reply", user: "bob").status == 65)
  }

  /// Breaks when a phone, by IMAP, does not see the messages, or what it has read is unread here.
  @Test func dovecotServesTheSpool() throws {
    let settings = try Repository.read("spool-example/recipes/dovecot.conf")
      .replacing("/var/lib/msgspool", with: recipe.spool.path)
    try recipe.folder.write(
      "dovecot.conf",
      "protocols =\nbase_dir = \(recipe.folder.file("run"))\nlog_path = /dev/stderr\nssl = no\nfirst_valid_uid = 1\nfirst_valid_gid = 1\n"
        + settings)
    try recipe.folder.write(
      "session",
      "export USER=bob\n{ printf 'a select INBOX\\r\\nb fetch 1 body[text]\\r\\nc logout\\r\\n'; } | doveadm -c \"$HOME/dovecot.conf\" exec imap\n"
    )
    // Dovecot works for no root.
    let served = try recipe.shell(
      """
      if [ "$(id -u)" = 0 ]; then chown -R 12345:12345 "$HOME" && exec setpriv --reuid=12345 --regid=12345 --clear-groups sh session; fi
      sh session
      """, user: "bob")
    #expect(served.output.contains("* 2 EXISTS") && served.output.contains("저녁 7시에 만나요"), "\(served)")
    #expect(!served.errors.contains("Error"), "\(served)")
    #expect(try recipe.spool.run("msg-read", ["--count"], user: "bob").output == "1\n")
  }

  /// Breaks when hledger does not find the accounts, or the sums are others than the book's.
  @Test func reportsAreOfTheBook() throws {
    let shown = try recipe.shell("reports")
    #expect(shown.status == 0 && shown.errors.isEmpty, "\(shown)")
    let lines = shown.lines
    #expect(lines.contains { $0.contains("prepaid:alice") && $0.contains("198 credit") }, "\(shown)")
    let spent = lines.drop { !$0.contains("Spent") }
    #expect(spent.contains { $0.contains("alice") && $0.contains("2 credit") }, "\(shown)")
  }
}
