import TestSupport
import Testing

/// What reading costs, in system calls: they are the same on every machine, unlike time.
struct CostTests {
  private func systemCalls(_ arguments: String, messages: Int) throws -> Int {
    let mailbox = try TestMailbox()
    for number in 1...messages { try mailbox.add(number, place: number % 2 == 0 ? "new" : "cur", flags: number % 2 == 0 ? nil : "S") }
    // A folder that changed within the last 20 ms is listed once more, so on a busy machine the two counts would differ by chance.
    _ = try run(
      "touch",
      ["-d", "1 hour ago", mailbox.spool.folder.file("spool/mailboxes/alice/new"), mailbox.spool.folder.file("spool/mailboxes/alice/cur")])
    let result = try mailbox.shell("strace -qq -o ../trace msg-read \(arguments) >/dev/null && grep -cv exited ../trace")
    return try #require(Int(result.output.split(separator: "\n").joined()), "\(result)")
  }

  // Fails when a count opens messages, or does anything else once for each.
  @Test func countIsNotPaidByTheMessage() throws {
    let (few, many) = (try systemCalls("--count", messages: 2), try systemCalls("--count", messages: 60))
    #expect(many - few <= 4, "\(few) system calls for 2 messages, \(many) for 60: more memory at most")
  }

  // Fails when a line of a list of known messages costs a system call: a look at the zone, an allocation, a write of its own.
  @Test func aLineCostsNoSystemCall() throws {
    // The second list finds every message in the view.
    let list = "--all >/dev/null; unset TZ; strace -qq -o ../trace msg-read --all"
    let (few, many) = (try systemCalls(list, messages: 2), try systemCalls(list, messages: 500))
    #expect(many - few <= 30, "\(few) system calls for 2 messages, \(many) for 500: memory and reads of many records at most")
  }

  // Fails when a list opens a message twice, or reads more than the front of it.
  @Test func listOpensEachOnce() throws {
    let (few, many) = (try systemCalls("--all", messages: 2), try systemCalls("--all", messages: 60))
    // open, fstat, pread, close
    #expect(many - few <= 58 * 4 + 12, "\(few) system calls for 2 messages, \(many) for 60")
  }
}
