import TestSupport
import Testing

/// The same mailbox in the hands of other programs.
struct OtherProgramsTests {
  private let mailbox: TestMailbox

  init() throws {
    mailbox = try TestMailbox()
    for number in 1...4 { try mailbox.add(number, subject: "number \(number)", text: "text \(number)\n") }
    // Readers list hidden files or stumble over them; delivery makes none.
    for place in ["new", "cur", "tmp"] { _ = try mailbox.shell("rm -f \(place)/.keep") }
  }

  // Fails when mblaze and msg-read do not see each other's marks, or a number moves because of one.
  @Test func mblaze() throws {
    let result = try mailbox.shell(
      "minc . >/dev/null && mlist . | sort | sed -n 2p | mflag -S >/dev/null && mlist . | sort | sed -n 3p | mflag -F")
    #expect(result.status == 0, "\(result)")
    #expect(mailbox.flags() == [1: "", 2: "S", 3: "F", 4: ""])
    #expect(try mailbox.read().lines.map { $0.prefix(5) } == ["1 N--", "3 NF-", "4 N--"])
    #expect(try mailbox.read("--body", "4").output == "text 4\n")
    #expect(try mailbox.read("--mark-unread", "2").status == 0)
    let seen = try mailbox.shell("mlist -S . | wc -l; mlist -F . | wc -l; mshow -N $(mlist -F .)")
    #expect(seen.lines.prefix(2) == ["1", "1"] && seen.output.contains("text 3"), "\(seen)")
  }

  // Fails when a message is lost or shown twice while another program marks and unmarks everything.
  @Test func marksMeanwhile() throws {
    for number in 5...40 { try mailbox.add(number) }
    let result = try mailbox.shell(
      """
      minc . >/dev/null
      (while [ ! -e ../stop ]; do mlist . | mflag -SF >/dev/null 2>&1; mlist . | mflag -sf >/dev/null 2>&1; done) &
      for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        msg-read --all --json | jq -r .id | sort -u | wc -l
        msg-read --count --all
        msg-read --body --peek $((i + 4))
      done
      touch ../stop; wait
      """)
    #expect(result.errors.isEmpty && result.lines == (1...20).flatMap { _ in ["40", "40", "text"] }, "\(result)")
  }

  // Fails when Python's mailbox module cannot read what we marked, or its changes are not understood.
  @Test func python() throws {
    #expect(try mailbox.read("--body", "1").status == 0)
    let result = try mailbox.shell(
      """
      python3 - <<'END'
      import mailbox
      box = mailbox.Maildir('.', create=False)
      flags = {}
      for key in list(box.keys()):
          message = box[key]
          flags[message['Subject']] = message.get_subdir() + message.get_flags()
          if message['Subject'] == 'number 2':
              message.set_subdir('cur'); message.add_flag('RS'); box[key] = message
          if message['Subject'] == 'number 3':
              box.discard(key)
      print(sorted(flags.items()))
      END
      """)
    #expect(result.output == "[('number 1', 'curS'), ('number 2', 'new'), ('number 3', 'new'), ('number 4', 'new')]\n", "\(result)")
    #expect(try mailbox.read("--all").lines.map { $0.prefix(5) } == ["1 ---", "2 --R", "3 N--"])
    #expect(try mailbox.read("--body", "3").output == "text 4\n", "numbers close up behind what was removed")
  }

  // Fails when mutt or its successor and msg-read disagree on what is read and flagged.
  @Test(arguments: ["mutt", "neomutt"])
  func mutt(program: String) throws {
    #expect(try mailbox.read("--body", "1").status == 0)
    try mailbox.spool.folder.write(
      "muttrc",
      """
      set folder="\(mailbox.spool.path)" record="" mbox_type=Maildir quit=yes delete=yes move=no wait_key=no sort=date-received resolve=no
      push "<first-entry><next-entry><flag-message><next-entry><display-message><exit><next-entry><delete-message><quit>"

      """)
    let run = try mailbox.onTerminal("\(program) -n -F \"$HOME/muttrc\" -f .")
    #expect(run.status == 0 && mailbox.flags().count == 3, "\(run)")
    #expect(try mailbox.read("--all").lines.map { $0.prefix(5) } == ["1 ---", "2 NF-", "3 ---"], "\(mailbox.flags())")
  }
}
