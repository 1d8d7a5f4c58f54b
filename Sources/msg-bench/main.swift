// msg-bench measures what a command costs as a whole process, from spawn to its end, against the least it could cost.
//
// Times on a shared machine wander by more than the differences looked for. So the programs compared run in turn, A B C A B C,
// on the same disk at the same moment, from copies as `make install` leaves them; the answers are the ratio of their medians
// and the median of the ratios of the pairs. Nothing is asserted: the status is 0 unless a run itself failed.

import SystemCalls

let usage = """
  Usage: msg-bench send [--count N]
         msg-bench read [--count N]
         msg-bench alarm [--count N] [--events N]
         msg-bench read-compare [--messages N] [--count N]

  Measures the release tools that lie beside it, as whole processes, on spools that are thrown away.

    send   one durable paid msg-send, against a C program making the same file system calls, and /bin/true
    read   msg-read --count of 10 messages, against a C program doing nothing, and /bin/true

    alarm  from a delivery to its hook beside inotifywait, a backlog of 5,000 and of --events events beside xargs, and memory
    read-compare   what a mailbox costs to look at with msg-read and with mblaze, notmuch, mu, Python's mailbox and a SELECT of
                   sqlite3, those of them that are installed; time and peak memory

    --count N      how often each is run (default 300; alarm 50; read-compare 20)
    --events N     the larger backlog of alarm (default 100000)
    --messages N   in the mailbox of read-compare (default 10000)
    --help      show this help

  The spools are made in $TMPDIR, else in /var/tmp: a disk, not a folder in memory.
  Exit status: 0 measured, 1 a run failed, 64 wrong command line.

  """

func finish(_ text: String, status: Int32) -> Never {
  do { try FileDescriptor(owning: status == 0 ? 1 : 2, path: "output").write(all: Array(text.utf8)) } catch { CurrentProcess.exit(74) }
  CurrentProcess.exit(status)
}

var words = CurrentProcess.arguments.map { String(decoding: $0, as: UTF8.self) }
if words.contains("--help") || words.contains("-h") { finish(usage, status: 0) }

/// Takes an option and its number off the command line; nil where it is not given.
func number(_ option: String, atLeast least: Int = 1) -> Int? {
  guard let index = words.firstIndex(of: option), index + 1 < words.count, let number = Int(words[index + 1]), number >= least else {
    return nil
  }
  words.removeSubrange(index...index + 1)
  return number
}

let count = number("--count")
let events = number("--events") ?? 100_000
let messages = number("--messages", atLeast: 21) ?? 10_000
do {
  switch words {
  case ["alarm"]: finish(try benchmarkAlarm(count: count ?? 50, events: events), status: 0)
  case ["send"]: finish(try benchmarkSend(count: count ?? 300), status: 0)
  case ["read"]: finish(try benchmarkRead(count: count ?? 300), status: 0)
  case ["read-compare"]: finish(try ReadComparison(messages: messages, count: count ?? 20).report(), status: 0)
  default: finish(usage, status: 64)
  }
} catch { finish("msg-bench: \(error)\n", status: 1) }
