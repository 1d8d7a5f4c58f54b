internal import Foundation
import TestSupport
import Testing

/// Real senders, killed and stopped at random moments, at a payment provider that is slow, loses, repeats, hangs, dies and answers
/// nonsense. Afterwards the auditor knows of every message what became of it. `MSGSPOOL_STRESS_SECONDS` makes it longer,
/// `MSGSPOOL_STRESS_SEED` repeats its decisions, which is not yet the same order of events.
@Suite(.serialized) struct GatewayStressTests {
  private static let variables = ProcessInfo.processInfo.environment
  private static let seconds = variables["MSGSPOOL_STRESS_SECONDS"].flatMap { Int($0) } ?? 12
  private static let seed = variables["MSGSPOOL_STRESS_SEED"].flatMap { Int($0) } ?? Int.random(in: 1..<30_000)

  /// One answer to one sender.
  private struct Answer {
    let status: Int
    let isQueued: Bool
  }

  private let spool = TestSpool()
  private var folder: TemporaryFolder { spool.folder }

  /// $1 tools, $2 seconds, $3 seed. The mark is a word in the command line of every sender and of every call of the provider.
  /// `send` starts a sender; `disturb` kills it, stops it for a moment, or leaves it alone.
  private static let script = #"""
    tools=$1 limit=$2 seed=$3 mark=$(cat mark)
    moment() { sleep "0.$((RANDOM % 4))$((RANDOM % 10))$((RANDOM % 10))"; }
    send() { exec "$tools/msg-send" $queue --timeout 3 --id "$id" $to "$mark $id" > /dev/null 2>> "complaints.$me"; }
    disturb() {
      case $((RANDOM % 4)) in
        0) moment; kill -KILL $1 ;;
        1) moment; kill -STOP $1; moment; kill -CONT $1 ;;
      esac 2> /dev/null
    }
    sender() {
      me=$1 RANDOM=$((seed + me)) n=0
      export MSG_USER=user$me
      while ((SECONDS < limit)); do
        ((RANDOM % 5 == 0)) || ((n += 1))
        id=key-$me-$n to=bob queue=--no-queue
        ((n % 2)) || queue=--queue
        ((n % 3)) || to=bob,carol
        send & first=$!
        second=
        if ((RANDOM % 4 == 0)); then send & second=$!; fi
        disturb $first
        wait $first; echo "$? $id $queue" >> "answers.$me"
        if [ "$second" ]; then wait $second; echo "$? $id $queue" >> "answers.$me"; fi
      done
    }
    # Kills what works for the senders: supervisors, and the provider's calls.
    killer() {
      RANDOM=$seed
      while ((SECONDS < limit)); do
        moment
        victims=($(pgrep -f "$mark"))
        ((${#victims[@]})) && kill -KILL "${victims[RANDOM % ${#victims[@]}]}" 2> /dev/null
      done
    }
    SECONDS=0
    for number in 1 2 3 4 5 6; do sender $number & done
    killer &
    wait
    """#

  private func behave(_ faults: String) throws { try folder.write("\(mark)/behaviour", faults) }
  private let mark = "stress-\(UUID().uuidString)"

  private func prepare() throws {
    try folder.write("spool/config", "")
    _ = try TestSupport.run("chmod", ["700", spool.path])
    #expect(try spool.run("msg-send", ["--flush"]).status == 0)
    try folder.write(
      "spool/config",
      """
      gateway = exec \(toolFolder)/msg-bench-bank \(folder.file(mark))
      gateway.default.timeout = 250
      gateway.default.lifetime = 2
      gateway.default.breaker-open = 300

      """)
    try folder.write("\(mark)/keys/.keep", "")
  }

  /// Lets ordinary commands go on until nothing waits any more.
  private func settle() throws {
    let waiting = ["outbox", "voiding", "deferred/messages"]
    for _ in 0..<300 {
      _ = try spool.run("msg-send", ["--flush", "--all", "--timeout", "10"])
      if waiting.allSatisfy({ folder.names(in: "spool/\($0)").isEmpty }) { return }
      _ = try run("sleep", ["0.1"])
    }
    let left = waiting.map { "\($0): \(folder.names(in: "spool/\($0)"))" }
    Issue.record("stuck, seed \(Self.seed): \(left), \(try spool.run("msg-send", ["--flush", "--all"]))")
  }

  /// What the provider kept of each message, all generations of its key together.
  private func charges() throws -> [String: Int] {
    var sums: [String: Int] = [:]
    for key in folder.names(in: "\(mark)/keys") where key != ".keep" {
      var sum = 0
      for line in try folder.read("\(mark)/keys/\(key)").split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count == 3, let amount = Int(words[1]) else { continue }
        sum += words[0] == "+" ? amount : words[0] == "-" ? -amount : 0
      }
      #expect(sum >= 0, "\(key)")
      sums[String(key.split(separator: "-")[0]), default: 0] += sum
    }
    return sums.filter { $0.value != 0 }
  }

  private func answers() throws -> [String: [Answer]] {
    var all: [String: [Answer]] = [:]
    for name in folder.names(in: "") where name.hasPrefix("answers.") {
      for line in try folder.read(name).split(separator: "\n") {
        let words = line.split(separator: " ").map(String.init)
        all[words[1], default: []].append(Answer(status: Int(words[0]) ?? -1, isQueued: words[2] == "--queue"))
      }
    }
    return all
  }

  @Test func whateverHappensTheBooksAgree() throws {
    try prepare()
    try behave(
      "seed \(Self.seed)\ndelay 0 120\ndecline 4\nrefuse 4\nlose 5\ndrop 5\ndie 4\ngarbage 4\npending 5\nlate 4\nrepeat 4\nhang 2\nstall 2\n"
    )
    // The shell's own command line must not have the mark in it, as what has it is killed.
    try folder.write("stress.sh", Self.script)
    try folder.write("mark", mark)
    let load = "cd '\(folder.path)' && . ./stress.sh '\(toolFolder)' \(Self.seconds) \(Self.seed)"
    _ = try spool.run("bash", ["-c", load])
    try behave("delay 0 5\n")
    try settle()

    let note: Comment = "seed \(Self.seed)"
    // Whom each message was delivered to, by the id in the file's name; the key is the text's last word.
    var copies: [String: [String]] = [:]
    var keys: [String: Set<String>] = [:]
    for name in ["bob", "carol"] {
      for file in spool.messages(of: name) {
        let id = String(file.split(separator: ".")[2])
        let text = try folder.read("spool/mailboxes/\(name)/\(file)")
        copies[id, default: []].append(name)
        keys[String(text.split(whereSeparator: \.isWhitespace).last ?? ""), default: []].insert(id)
      }
    }
    let charges = try charges()
    for (id, names) in copies { #expect(Set(names).count == names.count, "\(id) twice in one mailbox, \(note)") }
    #expect(charges == copies.mapValues(\.count), "delivered is paid, and once: \(note)")
    var (delivered, refused, killed) = (0, 0, 0)
    for (key, answers) in try answers() {
      let isDelivered = keys[key] != nil
      delivered += isDelivered ? 1 : 0
      killed += answers.count { $0.status > 128 }
      refused += answers.count { (1...128).contains($0.status) }
      if answers.contains(where: { $0.status == 0 && !$0.isQueued }) { #expect(isDelivered, "\(key) was confirmed, \(note)") }
      if answers.allSatisfy({ (1...128).contains($0.status) }) { #expect(!isDelivered, "\(key) was refused: \(answers), \(note)") }
      #expect(answers.allSatisfy { [0, 75, 77, 137].contains($0.status) }, "\(key): \(answers), \(note)")
    }
    #expect(delivered > 0 && refused > 0 && killed > 0, "\(delivered) delivered, \(refused) refused, \(killed) killed: nothing was tried")
    let verified = try spool.run("msg-pay", ["verify"])
    #expect(verified.status == 0 && verified.output.isEmpty, "\(verified), \(note)")
    let doubt = try spool.run("msg-pay", ["doubt"])
    #expect(doubt.status == 1, "\(doubt), \(note)")
    #expect(folder.names(in: "spool/bad").isEmpty, note)
  }
}
