import TestSupport
import Testing

/// The commands under EXAMPLES in every page, run as they stand there. Breaks when a page shows a command that does not work.
@Suite struct ManualExampleTests {
  /// The blocks between `.EX` and `.EE` behind the heading, as a shell gets them.
  private func examples(_ page: String) throws -> [String] {
    let text = try Repository.read(page)
    let heading = try #require(["\n.SH EXAMPLES\n", "\n.SH 보기\n"].first { text.contains($0) }, "\(page) has none")
    let section = text.split(separator: heading)[1].split(separator: "\n.SH ")[0]
    // What stands before the first block is no part of one.
    return ".\n\(section)".split(separator: ".EX\n").dropFirst().map { block in
      String(block.split(separator: "\n.EE")[0]).replacing("\\-", with: "-").replacing("\\e", with: "\\").replacing("\\(aq", with: "'")
    }
  }

  // Fails also where a command only says that there is nothing (1) and the page has nothing else to show.
  @Test(
    arguments: ["msg-send.1", "msg-read.1", "msg-pay.1", "msg-alarmd.8", "msgspool.5", "msg-hooks.7", "msg-gateways.7"].map { "man/\($0)" }
      + ["msg-send.1", "msg-read.1", "msg-pay.1", "msg-alarmd.8"].map { "man/ko/\($0)" })
  func areTrue(page: String) throws {
    let folder = TemporaryFolder()
    let blocks = try examples(page)
    #expect(!blocks.isEmpty)
    try folder.write("share/installed", "")
    try command(
      "sh",
      [
        "-c",
        "cd \"$0\" && ln -s \"$1/alarms/available\" hooks && ln -s \"$1/pay/gateways\" gateways && ln -s \"$1/cron\" cron",
        folder.file("share"), "\(Repository.path)/spool-example",
      ])
    // What needs a person or a machine of one's own, each as its stand-in does it.
    var script = """
      set -E
      trap 'status=$?; [ $status -le 1 ] || echo "$BASH_COMMAND: status $status"' ERR
      mutt() { [ "$1" = -f ] && [ -d "$2/cur" ]; }
      less() { cat; }
      crontab() { [ "$1" = -l ] || cat > "$HOME/crontab"; }
      msg-send -s lunch? "$USER" '저녁 7시에 만나요' || exit
      msg-pay topup shop 10 --open || exit
      mkdir -p "$MSGSPOOL/alarms/hooks" && chmod 700 "$MSGSPOOL/alarms" "$MSGSPOOL/alarms/hooks" || exit

      """
    for block in blocks { script += "cd\n\(block.replacing("/usr/local/share/msgspool", with: folder.file("share")))\n" }
    let shown = try run(
      "bash", ["-c", script],
      environment: [
        "HOME": folder.path, "USER": "alice", "MSG_USER": "alice", "EDITOR": "true", "PATH": "\(toolFolder):\(Requirements.path)",
        "MSGSPOOL": folder.file(".local/state/msgspool"), "LC_ALL": "C.UTF-8",
      ])
    #expect(!shown.output.contains(": status ") && !shown.errors.contains("bash: "), "\(page): \(shown)")
  }
}
