/// How one run of a hook ended, as the operating system tells it.
package enum HookEnd: Hashable, Sendable {
  case exited(Int32)
  case signalled(Int32)
  /// It ran longer than it may and was ended.
  case timedOut
  /// It could not be started; why.
  case notStarted(String)
}

/// What the end of a hook means for the alarm.
package enum HookVerdict: Hashable, Sendable {
  case done
  /// To be tried again; after so long where the hook named a time.
  case retry(after: Duration?)
  /// Not for this receiver.
  case skipped
  /// The hook cannot do its work at all until a person repairs it.
  case pause
  /// Trying again is of no use.
  case dead

  /// The contract with hooks: the exit status decides; `retry-after: SECONDS` on the last line of standard output names a time.
  package init(_ end: HookEnd, lastLine: String) {
    self =
      switch end {
      case .exited(0): .done
      case .exited(67): .skipped
      case .exited(75): .retry(after: HookVerdict.retryAfter(lastLine))
      case .exited(78): .pause
      // What a shell says of a program that it could not run.
      case .exited(126), .exited(127), .signalled, .timedOut, .notStarted: .retry(after: nil)
      case .exited: .dead
      }
  }

  private static func retryAfter(_ line: String) -> Duration? {
    let parts = line.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "retry-after" else { return nil }
    guard let seconds = Int(parts[1].filter { $0 != " " && $0 != "\t" && $0 != "\r" }), seconds >= 0 else { return nil }
    return .seconds(seconds)
  }
}

extension HookEnd {
  /// The status a shell would show; nil where nothing ran.
  package var status: Int? {
    switch self {
    case .exited(let status): Int(status)
    case .signalled(let number): 128 + Int(number)
    case .timedOut: 124
    case .notStarted: nil
    }
  }
}

extension FinishedRun {
  /// How it ended, in words, with what the hook complained of.
  package var summary: String {
    let what: String =
      switch end {
      case .exited(let status): "exit status \(status)"
      case .signalled(let number): "ended by signal \(number)"
      case .timedOut: "ran too long and was ended"
      case .notStarted(let reason): "could not be started: \(reason)"
      }
    return complaint.isEmpty ? what : "\(what): \(complaint)"
  }
}
