/// What a gateway is asked to do with a payment.
package enum GatewayVerb: String, CaseIterable, Sendable { case charge, status, void }

/// What a gateway's command said, or did not say.
package enum GatewayAnswer: Hashable, Sendable {
  /// Done: charged, or given back. The gateway's own name of the payment, empty where a void gave none.
  case done(reference: String)
  /// 77. With a reason for people, empty for none.
  case declined(String)
  /// 69, or the command could not be started: certainly nothing was asked for.
  case notAsked(String)
  /// 75: asked, and not decided yet.
  case undecided(String)
  /// Anything else, and no answer in time: the outcome is unknown.
  case doubtful(String)
}

/// What is in an attempt file: the beginning of what the command printed, and how it ended.
package struct GatewayAttempt: Hashable, Sendable {
  package enum End: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    /// The error number of exec(2).
    case notStarted(Int32)
    /// It was ended for taking far too long.
    case stopped
    /// It was ended for printing far too much.
    case flooded
  }

  /// Bytes of a reference that is accepted.
  package static let longestReference = 64

  package let output: String
  /// Nil while it runs, and where its end was never recorded.
  package let end: End?

  package init(output: String, end: End?) { (self.output, self.end) = (output, end) }

  /// Reads an attempt file. The line that tells the end is the last one and begins with `=`.
  package init(reading bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    guard text.hasSuffix("\n"), let last = lines.last, let end = GatewayAttempt.end(last) else {
      self.init(output: text, end: nil)
      return
    }
    self.init(output: lines.dropLast().joined(separator: "\n"), end: end)
  }

  private static func end(_ line: Substring) -> End? {
    let words = line.split(separator: " ")
    switch words.first {
    case "=stopped" where words.count == 1: return .stopped
    case "=flooded" where words.count == 1: return .flooded
    case "=exit" where words.count == 2: return Int32(words[1]).map { .exited($0) }
    case "=signal" where words.count == 2: return Int32(words[1]).map { .signalled($0) }
    case "=start" where words.count == 2: return Int32(words[1]).map { .notStarted($0) }
    default: return nil
    }
  }

  /// What it means; nil while it has not ended. `complaint` is what it printed on standard error.
  package func answer(to verb: GatewayVerb, complaint: String = "") -> GatewayAnswer? {
    guard let end else { return nil }
    func because(_ fallback: String) -> String { complaint.isEmpty ? fallback : "\(fallback): \(complaint)" }
    switch end {
    case .exited(0):
      if let reference { return .done(reference: reference) }
      if verb != .void { return .doubtful(because("exit status 0 without a line 'ok REF'")) }
      // That something is gone needs no name; but an answer that is given must say it.
      if firstLine.isEmpty || firstLine == "ok" { return .done(reference: "") }
      return .doubtful(because("exit status 0 and neither a line 'ok REF' nor none"))
    case .exited(77): return .declined(complaint)
    case .exited(69): return .notAsked(because("the gateway could not be asked"))
    case .exited(75): return .undecided(because("the gateway has not decided yet"))
    case .exited(let status): return .doubtful(because("exit status \(status)"))
    case .signalled(let number): return .doubtful(because("ended by signal \(number)"))
    case .notStarted(let code): return .notAsked("its command could not be started (error \(code))")
    case .stopped: return .doubtful(because("it was ended, having run far too long"))
    case .flooded: return .doubtful(because("it was ended, having printed more than 1 MiB"))
    }
  }

  private var firstLine: Substring { output.prefix { $0 != "\n" } }

  /// The REF of a first line `ok REF`: one word of visible ASCII.
  private var reference: String? {
    let words = firstLine.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, words[0] == "ok", GatewayAttempt.isReference(words[1]) else { return nil }
    return String(words[1])
  }

  /// Whether a text can be a gateway's name of a payment: 1 to 64 visible ASCII characters.
  package static func isReference(_ text: some StringProtocol) -> Bool {
    (1...longestReference).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
  }
}
