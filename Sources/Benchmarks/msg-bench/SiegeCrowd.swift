import Glibc
import SystemCalls

/// The clients of a siege: each sends one message after the other, a process a message, with a pause of its own between two, as the
/// clients of siege(1) make it.
final class SiegeCrowd {
  struct Call {
    /// From before the program was started until its end was seen.
    let nanoseconds: Int64
    /// The exit status, or 128 plus the signal.
    let status: Int32
    /// Whether it was sent away because the breaker is open or too many wait.
    let isRefused: Bool
    /// Whether its payment was called off because the provider did not answer in time.
    let isTimedOut: Bool
    /// The sentence on standard error, without its numbers and keys.
    let sentence: String
  }

  private struct Running {
    let client: Int
    let text: String
    let start: Int64
  }

  private let spool: ThrowAwaySpool
  private let clients: Int
  private let words: [String]
  /// Milliseconds that a client waits at most before it sends again.
  private let pause: Int
  private var running: [pid_t: Running] = [:]
  private var count = 0

  /// The answers since `forgetCalls`.
  private(set) var calls: [Call] = []
  /// All texts that were answered with status 0.
  private(set) var accepted: Set<String> = []
  /// All texts that were answered with another.
  private(set) var refused: Set<String> = []
  /// What stands in pay/events.log, and when it was seen there.
  private(set) var transitions: [(line: String, time: Int64)] = []

  init(spool: ThrowAwaySpool, clients: Int, pause: Int, words: [String]) {
    (self.spool, self.clients, self.pause, self.words) = (spool, clients, pause, words)
  }

  func forgetCalls() { calls = [] }

  /// Keeps every client busy for so long, or until `goesOn`, asked at each answer, says no.
  func send(seconds: Int, while goesOn: () throws -> Bool) throws {
    let end = Deadline.now.nanoseconds + Int64(seconds) * 1_000_000_000
    var idle = Set(0..<clients).subtracting(running.values.map(\.client)).map { (client: $0, until: nextSend()) }
    while Deadline.now.nanoseconds < end, try goesOn() {
      let now = Deadline.now.nanoseconds
      for waiting in idle where waiting.until <= now { try start(waiting.client) }
      idle.removeAll { $0.until <= now }
      if let client = try answer(waits: false) { idle.append((client, nextSend())) } else { sleep(for: .microseconds(500)) }
    }
  }

  private func nextSend() -> Int64 { Deadline.now.nanoseconds + Int64.random(in: 0...Int64(pause)) * 1_000_000 }

  /// Waits for the answers that are still to come.
  func finish() throws { while !running.isEmpty { _ = try answer(waits: true) } }

  private func start(_ client: Int) throws {
    count += 1
    let send = spool.command("msg-send", words + ["bob", "text-\(count)"], user: "client\(client)")
    let start = Deadline.now.nanoseconds
    let process = try send.start(complaints: "\(spool.folder)/complaints.\(client)")
    running[process] = Running(client: client, text: "text-\(count)", start: start)
  }

  /// The next answer's client; nil where none has come and none is waited for.
  private func answer(waits: Bool) throws -> Int? {
    if running.isEmpty { return nil }
    while true {
      var status: Int32 = 0
      let process = unsafe waitpid(-1, &status, waits ? 0 : WNOHANG)
      if process == 0 { return nil }
      if process < 0, errno == EINTR { continue }
      guard process > 0 else { throw BenchmarkFailure(description: "no client is running") }
      guard let call = running.removeValue(forKey: process) else { continue }
      let time = Deadline.now.nanoseconds
      let code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
      var (isRefused, isTimedOut, sentence) = (false, false, "")
      if code == 0 {
        accepted.insert(call.text)
      } else {
        refused.insert(call.text)
        let said = try Directory(opening: spool.folder).contents(of: "complaints.\(call.client)") ?? []
        let text = String(decoding: said, as: UTF8.self)
        isRefused = [": circuit ", "so a slot is free in about", "and no more may"].contains { text.contains($0) }
        sentence = SiegeCrowd.kind(text)
        isTimedOut = text.contains("no answer within")
      }
      calls.append(Call(nanoseconds: time - call.start, status: code, isRefused: isRefused, isTimedOut: isTimedOut, sentence: sentence))
      try look(time)
      return call.client
    }
  }

  /// The last line up to its remedy, with `N` for what has a digit in it.
  private static func kind(_ text: String) -> String {
    let line = text.split(separator: "\n").last.map(String.init) ?? ""
    let words = line.split(separator: " ").map { $0.contains(where: \.isNumber) ? "N" : String($0) }
    return words.dropFirst().prefix(14).joined(separator: " ")
  }

  private func look(_ time: Int64) throws {
    guard let bytes = try Directory(opening: spool.path).contents(of: "pay/events.log") else { return }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    for line in lines.dropFirst(transitions.count) { transitions.append((String(line), time)) }
  }
}
