internal import Gateways
internal import SharedKernel

/// The health of a gateway as the text of its file: words a line, a checksum at the end, blanks up to a fixed length, so that one
/// write always puts all of it in the place of all of it.
///
///   msgspool-gateway 2
///   updated 1763800000000000
///   breaker open since 1763800000000000 until 1763800005000000 issued 0 good 0 bad 0 next 6
///   tokens 85
///   slots 4 steady base 4 402000 trial 6 710000 pause 2 4
///   round 17 1763800000000000 1763800000400000 begun 6 crowded 6 ended 2 answered 2 time 811000
///   line mean 402000 deviation 90000 used 1763800000000000 waiting 3 1 2
///   lease 5 1763800002000000
///   call late 1763800000000000
///   crc 1a2b3c4d
///
/// What an earlier version wrote (1) is read for its breaker and its tokens; the rest is measured anew.
enum HealthRecord {
  static let length = 8192
  private static let title = "msgspool-gateway 2"
  private static let earlierTitle = "msgspool-gateway 1"

  static func encode(_ health: GatewayHealth) -> [UInt8] {
    let breaker = health.breaker
    var lines = [
      title, "updated \(health.updated.microseconds)",
      "breaker \(breaker.state.rawValue) since \(breaker.since.microseconds) until \(breaker.reopening.microseconds) "
        + "issued \(breaker.issued) good \(breaker.good) bad \(breaker.bad) next \(breaker.nextLease)",
      "tokens \(health.retries.tokens)",
    ]
    lines += limitLines(health.slots)
    let line = health.line
    lines.append(
      (["line mean \(line.mean.microseconds) deviation \(line.deviation.microseconds) used \(line.used.microseconds) waiting"]
        + line.places.map { "\($0)" })
        .joined(separator: " "))
    lines += breaker.leases.map { "lease \($0.number) \($0.expires.microseconds)" }
    lines += breaker.outcomes.map { "call \($0.verdict.rawValue) \($0.time.microseconds)" }
    let text = Array((lines.joined(separator: "\n") + "\n").utf8)
    let sum = Array("crc \(String(CRC32C.checksum(text), radix: 16))\n".utf8)
    let blanks = [UInt8](repeating: UInt8(ascii: " "), count: max(0, length - text.count - sum.count - 1))
    return text + sum + blanks + [UInt8(ascii: "\n")]
  }

  private static func limitLines(_ slots: SlotLimit) -> [String] {
    let (round, base, trial) = (slots.round, slots.base, slots.trial)
    return [
      "slots \(slots.limit) \(slots.phase.rawValue) base \(base.limit) \(base.cost.microseconds) trial \(trial.limit) \(trial.cost.microseconds) "
        + "pause \(slots.pause) \(slots.lastPause)",
      "round \(round.number) \(round.began.microseconds) \(round.filled.microseconds) begun \(round.begun) crowded \(round.crowded) "
        + "ended \(round.ended) answered \(round.answered) time \(round.time.microseconds)",
    ]
  }

  /// Nil for what `encode` did not write.
  static func decode(_ bytes: [UInt8]) -> GatewayHealth? {
    let text = String(decoding: bytes, as: UTF8.self)
    var lines = text.split(separator: "\n").map { $0.split(separator: " ") }
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    guard let end = lines.last, end.count == 2, end[0] == "crc", let sum = UInt32(end[1], radix: 16),
      CRC32C.checksum(Array(text.utf8[..<end[0].startIndex])) == sum,
      case let first = lines[0].joined(separator: " "), [title, earlierTitle].contains(first)
    else { return nil }
    var fields = HealthFields()
    if first == earlierTitle { lines.removeAll { ["slots", "pressed"].contains($0.first) } }
    for line in lines.dropFirst().dropLast() { guard fields.take(line) else { return nil } }
    return fields.health
  }

  /// What the lines read so far say.
  private struct HealthFields {
    private var updated: Timestamp?
    private var breaker: [Substring]?
    private var retries: RetryBudget?
    private var slots: (limit: Int, phase: SlotLimit.Phase, base: SlotLimit.Measured, trial: SlotLimit.Measured, pauses: [Int])?
    private var round: LimitRound?
    private var line: WaitingLine?
    private var leases: [CircuitBreaker.Lease] = []
    private var outcomes: [CircuitBreaker.Outcome] = []

    var health: GatewayHealth? {
      guard let words = breaker, let breaker = breaker(words), let retries, let updated else { return nil }
      var limit = SlotLimit(at: updated)
      if let slots, let round {
        limit = SlotLimit(
          limit: slots.limit, phase: slots.phase, round: round, base: slots.base, trial: slots.trial, pause: slots.pauses[0],
          lastPause: slots.pauses[1])
      }
      return GatewayHealth(
        breaker: breaker, retries: retries, slots: limit, line: line ?? WaitingLine(used: updated), updated: updated)
    }

    private func time(_ word: Substring) -> Timestamp? { Int64(word).map { Timestamp(microseconds: $0) } }

    mutating func take(_ words: [Substring]) -> Bool {
      switch (words.first, words.count) {
      case ("updated", 2):
        updated = time(words[1])
        return updated != nil
      case ("breaker", 14): breaker = words
      case ("tokens", 2):
        retries = Int(words[1]).map { RetryBudget(tokens: $0) }
        return retries != nil
      case ("slots", 12): return takeSlots(words)
      case ("round", 14): return takeRound(words)
      case ("line", 8...): return takeLine(words)
      case ("lease", 3):
        guard let number = Int(words[1]), let expires = time(words[2]) else { return false }
        leases.append(CircuitBreaker.Lease(number: number, expires: expires))
      case ("call", 3):
        guard let verdict = CircuitBreaker.Verdict(rawValue: String(words[1])), let at = time(words[2]) else { return false }
        outcomes.append(CircuitBreaker.Outcome(verdict, at: at))
      default: return false
      }
      return true
    }

    /// The numbers at those places; nil where one is none.
    private func numbers(_ words: [Substring], _ places: [Int]) -> [Int64]? {
      let numbers = places.compactMap { Int64(words[$0]) }
      return numbers.count == places.count ? numbers : nil
    }

    private mutating func takeSlots(_ words: [Substring]) -> Bool {
      guard let phase = SlotLimit.Phase(rawValue: String(words[2])), let found = numbers(words, [1, 4, 5, 7, 8, 10, 11]) else {
        return false
      }
      slots = (
        Int(found[0]), phase, SlotLimit.Measured(limit: Int(found[1]), cost: .microseconds(found[2])),
        SlotLimit.Measured(limit: Int(found[3]), cost: .microseconds(found[4])), [Int(found[5]), Int(found[6])]
      )
      return true
    }

    private mutating func takeRound(_ words: [Substring]) -> Bool {
      guard let found = numbers(words, [1, 2, 3, 5, 7, 9, 11, 13]) else { return false }
      round = LimitRound(
        number: Int(found[0]), began: Timestamp(microseconds: found[1]), filled: Timestamp(microseconds: found[2]), begun: Int(found[3]),
        crowded: Int(found[4]), ended: Int(found[5]), answered: Int(found[6]), time: .microseconds(found[7]))
      return true
    }

    private mutating func takeLine(_ words: [Substring]) -> Bool {
      guard let found = numbers(words, [2, 4, 6]), let places = numbers(words, Array(8..<words.count)) else { return false }
      line = WaitingLine(
        places: places.map { Int($0) }, mean: .microseconds(found[0]), deviation: .microseconds(found[1]),
        used: Timestamp(microseconds: found[2]))
      return true
    }

    private func breaker(_ words: [Substring]) -> CircuitBreaker? {
      guard let state = CircuitBreaker.State(rawValue: String(words[1])), let since = time(words[3]), let until = time(words[5]),
        let issued = Int(words[7]), let good = Int(words[9]), let bad = Int(words[11]), let next = Int(words[13])
      else { return nil }
      return CircuitBreaker(
        state: state, since: since, reopening: until, probes: CircuitBreaker.Probes(issued: issued, good: good, bad: bad),
        nextLease: next, outcomes: outcomes, leases: leases)
    }
  }
}
