internal import Gateways
internal import SharedKernel

/// The health of a gateway as the text of its file: words a line, a checksum at the end, blanks up to a fixed length, so that one
/// write always puts all of it in the place of all of it.
///
///   msgspool-gateway 1
///   updated 1763800000000000
///   breaker open since 1763800000000000 until 1763800005000000 issued 0 good 0 bad 0 next 6
///   pressed 1763799999000000
///   tokens 85
///   slots 4 since 1763800000000000
///   lease 5 1763800002000000
///   call late 1763800000000000
///   crc 1a2b3c4d
enum HealthRecord {
  static let length = 4096
  private static let title = "msgspool-gateway 1"

  static func encode(_ health: GatewayHealth) -> [UInt8] {
    let breaker = health.breaker
    var lines = [
      title, "updated \(health.updated.microseconds)",
      "breaker \(breaker.state.rawValue) since \(breaker.since.microseconds) until \(breaker.reopening.microseconds) "
        + "issued \(breaker.issued) good \(breaker.good) bad \(breaker.bad) next \(breaker.nextLease)",
      "tokens \(health.retries.tokens)", "slots \(health.slots.limit) since \(health.slots.changed.microseconds)",
    ]
    if let lastShed = breaker.lastShed { lines.append("pressed \(lastShed.microseconds)") }
    lines += breaker.leases.map { "lease \($0.number) \($0.expires.microseconds)" }
    lines += breaker.outcomes.map { "call \($0.verdict.rawValue) \($0.time.microseconds)" }
    let text = Array((lines.joined(separator: "\n") + "\n").utf8)
    let sum = Array("crc \(String(CRC32C.checksum(text), radix: 16))\n".utf8)
    let blanks = [UInt8](repeating: UInt8(ascii: " "), count: max(0, length - text.count - sum.count - 1))
    return text + sum + blanks + [UInt8(ascii: "\n")]
  }

  /// Nil for what `encode` did not write.
  static func decode(_ bytes: [UInt8]) -> GatewayHealth? {
    let text = String(decoding: bytes, as: UTF8.self)
    var lines = text.split(separator: "\n").map { $0.split(separator: " ") }
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    guard let end = lines.last, end.count == 2, end[0] == "crc", let sum = UInt32(end[1], radix: 16),
      let body = bytes.firstRange(of: Array("\ncrc ".utf8)).map({ Array(bytes[...$0.lowerBound]) }), CRC32C.checksum(body) == sum,
      lines[0].joined(separator: " ") == title
    else { return nil }
    var reader = Reader()
    for line in lines.dropFirst().dropLast() { guard reader.take(line) else { return nil } }
    return reader.health
  }

  /// What the lines read so far say.
  private struct Reader {
    private var updated: Timestamp?
    private var breaker: [Substring]?
    private var retries: RetryBudget?
    private var slots: SlotLimit?
    private var lastShed: Timestamp?
    private var leases: [CircuitBreaker.Lease] = []
    private var outcomes: [CircuitBreaker.Outcome] = []

    var health: GatewayHealth? {
      guard let words = breaker, let breaker = breaker(words), let retries, let slots, let updated else { return nil }
      return GatewayHealth(breaker: breaker, retries: retries, slots: slots, updated: updated)
    }

    private func time(_ word: Substring) -> Timestamp? { Int64(word).map { Timestamp(microseconds: $0) } }

    mutating func take(_ words: [Substring]) -> Bool {
      switch (words.first, words.count) {
      case ("updated", 2):
        updated = time(words[1])
        return updated != nil
      case ("breaker", 14): breaker = words
      case ("pressed", 2):
        lastShed = time(words[1])
        return lastShed != nil
      case ("tokens", 2):
        retries = Int(words[1]).map { RetryBudget(tokens: $0) }
        return retries != nil
      case ("slots", 4):
        guard let limit = Int(words[1]), let changed = time(words[3]) else { return false }
        slots = SlotLimit(limit: limit, changed: changed)
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

    private func breaker(_ words: [Substring]) -> CircuitBreaker? {
      guard let state = CircuitBreaker.State(rawValue: String(words[1])), let since = time(words[3]), let until = time(words[5]),
        let issued = Int(words[7]), let good = Int(words[9]), let bad = Int(words[11]), let next = Int(words[13])
      else { return nil }
      return CircuitBreaker(
        state: state, since: since, reopening: until, probes: CircuitBreaker.Probes(issued: issued, good: good, bad: bad),
        nextLease: next, outcomes: outcomes, leases: leases, lastShed: lastShed)
    }
  }
}

extension Array<UInt8> {
  /// Where a sequence of bytes is for the first time.
  fileprivate func firstRange(of part: [UInt8]) -> Range<Int>? {
    guard part.count <= count else { return nil }
    for start in 0...(count - part.count) where self[start..<start + part.count].elementsEqual(part) {
      return start..<start + part.count
    }
    return nil
  }
}
