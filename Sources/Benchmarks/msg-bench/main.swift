// msg-bench: what the tools cost, beside what they must cost. Run it with `make bench`.

import SystemCalls

let usage = """
  Usage: msg-bench send [--count N]
         msg-bench read [--count N]
         msg-bench read-compare [--messages N] [--count N] [--patience N]
         msg-bench alarm [--count N] [--events N]
         msg-bench siege [--seconds N] [--clients N] [--slots N] [--pause N] [--queue] [--replace]
                         [--provider slow|doubling|hanging|alternating]
         msg-bench backlog [--count N] [--slots N]

  Measures the release tools that lie beside it, as whole processes, on spools that are thrown away.

    send          one durable paid msg-send, against a C program making the same file system calls, and /bin/true
    read          msg-read --count of 10 messages, against a C program doing nothing, and /bin/true
    read-compare  what a mailbox costs to look at with msg-read and with mblaze, notmuch, mu, Python's mailbox and a SELECT of
                  sqlite3, those of them that are installed; time and peak memory, a line when it is known
    alarm         from a delivery to its hook beside inotifywait, a backlog of 5,000 and of --events events beside xargs, and memory
                  while --events events pass; with 100,000 of them it takes about ten minutes
    siege         many clients at once while the payment provider takes 400 ± 220 ms a charge, then while it is quick again; what
                  the clients were told, the mailbox and the provider's book are compared at the end

    --count N     how often each is run (default 300; alarm 50; read-compare 20)
    --messages N  in the mailbox of read-compare (default 10000)
    --patience N  seconds after which a run of read-compare is stopped, and the line says so (default 300)
    --events N    the larger backlog of alarm (default 100000)
    --seconds N   how long the provider is in trouble (default 60)
    --clients N   how many send, one message after the other (default 100)
    --slots N     calls of the provider at the same time at most (default 10)
    --pause N     milliseconds that a client waits at most before it sends again (default 1000, as siege's)
    --provider P  what trouble: it takes 400 ± 220 ms (slow, the default), it slows down under load (doubling), it does not answer
                  (hanging), or it is quick and slow for five seconds each (alternating)
    --queue       they send with --queue
    --replace     all four programs are replaced by rename in the middle
    --help        show this help

  The spools are made in $TMPDIR, else in /var/tmp: a disk, not a folder in memory.
  Exit status: 0 measured, 1 a run failed or the books differ, 64 wrong command line.

  """

func finish(_ text: String, status: Int32) -> Never {
  do { try FileDescriptor(owning: status == 0 ? 1 : 2, path: "output").write(all: Array(text.utf8)) } catch { CurrentProcess.exit(74) }
  CurrentProcess.exit(status)
}

var words = CurrentProcess.arguments.map { String(decoding: $0, as: UTF8.self) }
if words.contains("--help") || words.contains("-h") { finish(usage, status: 0) }

/// Takes an option and its number off the command line; nil where it is not given.
@MainActor func number(_ option: String, atLeast least: Int = 1) -> Int? {
  guard let index = words.firstIndex(of: option), index + 1 < words.count, let number = Int(words[index + 1]), number >= least else {
    return nil
  }
  words.removeSubrange(index...index + 1)
  return number
}

/// Takes a word off the command line; whether it was there.
@MainActor func flag(_ name: String) -> Bool {
  guard let index = words.firstIndex(of: name) else { return false }
  words.remove(at: index)
  return true
}

let count = number("--count")
let events = number("--events") ?? 100_000
let messages = number("--messages", atLeast: 21) ?? 10_000
let patience = number("--patience") ?? 300
var siege = Siege()
siege.seconds = number("--seconds") ?? siege.seconds
siege.clients = number("--clients") ?? siege.clients
siege.slots = number("--slots") ?? siege.slots
siege.pause = number("--pause", atLeast: 0) ?? siege.pause
if let index = words.firstIndex(of: "--provider"), index + 1 < words.count, let provider = SiegeProvider(rawValue: words[index + 1]) {
  siege.provider = provider
  words.removeSubrange(index...index + 1)
}
(siege.isQueued, siege.replaces) = (flag("--queue"), flag("--replace"))
do {
  switch words {
  case ["send"]: finish(try benchmarkSend(count: count ?? 300), status: 0)
  case ["read"]: finish(try benchmarkRead(count: count ?? 300), status: 0)
  case ["read-compare"]:
    try ReadComparison(messages: messages, count: count ?? 20, patience: patience).run()
    CurrentProcess.exit(0)
  case ["alarm"]: finish(try benchmarkAlarm(count: count ?? 50, events: events), status: 0)
  case ["backlog"]: finish(try benchmarkBacklog(count: count ?? 100, slots: siege.slots), status: 0)
  case ["siege"]:
    let (report, isRight) = try siege.run()
    finish(report, status: isRight ? 0 : 1)
  default: finish(usage, status: 64)
  }
} catch { finish("msg-bench: \(error)\n", status: 1) }
