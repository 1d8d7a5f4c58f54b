import TestSupport
import Testing

/// The recipes that send, in `spool-example/recipes`.
@Suite struct SendingRecipeTests {
  private let recipe: RecipeCase

  init() throws { recipe = try RecipeCase() }

  /// Breaks when a job that succeeds is heard of, one that fails is not, or its status is lost. The log is cut inside a character.
  @Test func cronRunTextsWhatFailed() throws {
    let good = try recipe.shell("cron-run ops sh -c 'echo fine'")
    #expect(good.status == 0 && good.output.isEmpty && good.errors.isEmpty, "\(good)")
    #expect(try recipe.count(of: "ops") == "0\n")
    try recipe.folder.write("job", "for i in $(seq 300); do echo '디스크가 가득 찼습니다'; done; printf '\\377'; exit 3\n")
    let bad = try recipe.shell("cron-run ops sh ./job")
    #expect(bad.status == 3 && bad.output.isEmpty && bad.errors.isEmpty, "\(bad)")
    #expect(try recipe.subjects(of: "ops") == ["failed: sh"])
    let text = try recipe.text(of: "ops")
    #expect(text.contains("status 3 on ") && text.hasSuffix("디스크가 가득 찼습니다\n"), "\(text)")
    #expect(try recipe.shell("cron-run ops").status == 64)
  }

  /// Breaks when a failed unit is not told with the end of its journal.
  @Test func unitFailedTellsTheJournal() throws {
    try recipe.folder.writeProgram("bin/journalctl", "#!/bin/sh\necho \"$@\" > \"$HOME/asked\"\necho 'cannot open /srv: 없음'\n")
    let told = try recipe.shell("unit-failed backup.service ops")
    #expect(told.status == 0 && told.errors.isEmpty, "\(told)")
    #expect(try recipe.subjects(of: "ops") == ["failed: backup.service"])
    #expect(try recipe.text(of: "ops").hasSuffix("cannot open /srv: 없음\n"))
    #expect(try recipe.folder.read("asked").contains("unit=backup.service -n 15"))
  }

  /// Breaks when a quoted field is taken apart, or a repeat with a prefix is sent again.
  @Test func csvBatchSendsALineEach() throws {
    let list = "bob,안녕\r\ncarol,Lunch,\"Seven, or \"\"eight\"\"?\"\n\"bob\",\n"
    try recipe.folder.write("list.csv", list)
    let first = try recipe.shell("csv-batch --id-prefix may < list.csv | jq -c '[.state, .error != null]'")
    #expect(first.lines == [#"["delivered",false]"#, #"["delivered",false]"#, #"["failed",true]"#], "\(first)")
    #expect(try recipe.text(of: "bob") == "안녕\n")
    #expect(try recipe.text(of: "carol") == "Seven, or \"eight\"?\n" && recipe.subjects(of: "carol") == ["Lunch"])
    _ = try recipe.shell("csv-batch --id-prefix may < list.csv")
    #expect(try recipe.count(of: "bob") == "1\n" && recipe.count(of: "carol") == "1\n")
    _ = try recipe.shell("csv-batch < list.csv")
    #expect(try recipe.count(of: "bob") == "2\n")
  }

  /// Breaks when a push is not told, is told twice, or can be stopped by a text that cannot be sent.
  @Test func aPushIsTold() throws {
    let pushed = try recipe.shell(
      """
      export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=alice GIT_AUTHOR_EMAIL=alice@localhost GIT_COMMITTER_NAME=alice
      export GIT_COMMITTER_EMAIL=alice@localhost
      git init -q --bare repository && git -C repository config msgspool.receivers bob,carol
      ln -s '\(RecipeCase.recipes)/git-post-receive' repository/hooks/post-receive
      git init -q -b main work && cd work && git remote add origin ../repository
      git commit -q --allow-empty -m '첫 커밋' && git push -q origin main
      git commit -q --allow-empty -m second && git push -q origin main
      git push -q origin main && git push -q origin :main
      """)
    #expect(pushed.status == 0, "\(pushed)")
    #expect(try recipe.subjects(of: "bob") == ["main", "main", "main was deleted"])
    #expect(try recipe.text(of: "carol", "1").contains("alice: 첫 커밋"))
    #expect(try recipe.text(of: "carol", "2").contains("second") && !recipe.text(of: "carol", "2").contains("첫"))
  }

  /// Breaks when a connection that breaks, before or after the message was sent, loses it or sends it twice. `ssh` is one that runs the
  /// command here and loses the connection as it is told.
  @Test(arguments: [("before after", 0, "1\n"), ("before before", 0, "1\n"), ("before before before after", 75, "0\n")])
  func sshSendIsSentOnce(breaks: String, status: Int32, count: String) throws {
    try recipe.folder.write("breaks", breaks)
    try recipe.folder.writeProgram(
      "bin/ssh",
      """
      #!/bin/sh
      shift 3
      set -- "$1" $(cat "$HOME/breaks")
      command=$1 now=${2:-}
      shift; [ $# = 0 ] || shift
      echo "$*" > "$HOME/breaks"
      [ "$now" != before ] || exit 255
      sh -c "$command"
      status=$?
      [ "$now" != after ] || exit 255
      exit $status
      """)
    let sent = try recipe.shell("echo '저녁 7시에 만나요' | SSH_SEND_TRIES=3 ssh-send mail.example bob")
    #expect(sent.status == status, "\(sent)")
    #expect(try recipe.count(of: "bob") == count)
    guard status != 0 else { return }
    // The key that it names makes the repeat safe.
    let key = try #require(sent.errors.split(separator: "SSH_SEND_KEY=").last?.prefix { $0 != "\n" })
    for _ in 1...2 { _ = try recipe.shell("echo '저녁 7시에 만나요' | SSH_SEND_KEY=\(key) ssh-send mail.example bob") }
    #expect(try recipe.count(of: "bob") == "1\n" && recipe.text(of: "bob") == "저녁 7시에 만나요\n")
  }
}
