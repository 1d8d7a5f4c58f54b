package import SharedKernel

/// Whom to tell as well when a message stays unread: `unread 10m: NAME`, or `unread 10m: hook:HOOK` for the same receiver by another way.
package struct Escalation: Hashable, Sendable, CustomStringConvertible {
  package enum Target: Hashable, Sendable {
    case receiver(Name)
    case hook(HookName)
  }

  /// What a value must look like, for people.
  package static let form = "write unread 10m: NAME, or unread 10m: hook:HOOK"
  private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
  /// Longer than that the events are not kept for it.
  private static let longest = Duration.days(7)

  /// From when the message was sent, or was to be sent.
  package let delay: Duration
  package let target: Target
  package let description: String

  /// Nil for anything but that form. The delay is 1 s to 7 d.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", maxSplits: 1)
    let words = parts.first?.split(separator: " ") ?? []
    guard parts.count == 2, words.count == 2, words[0] == "unread", let unit = words[1].last.flatMap({ Escalation.units[$0] }),
      let number = Int64(words[1].dropLast()), number >= 1, number <= 7 * 86400, .seconds(number * unit) <= Escalation.longest
    else { return nil }
    let name = String(parts[1].filter { $0 != " " && $0 != "\t" })
    if name.hasPrefix("hook:") {
      guard let hook = HookName(String(name.dropFirst(5))) else { return nil }
      target = .hook(hook)
    } else {
      guard let receiver = Name(name) else { return nil }
      target = .receiver(receiver)
    }
    delay = .seconds(number * unit)
    description = "unread \(words[1]): \(name)"
  }
}

/// What a receiver has chosen about it.
package enum EscalationChoice: Hashable, Sendable {
  /// The configuration's default for all receivers.
  case standard
  case never
  case rule(Escalation)
}
