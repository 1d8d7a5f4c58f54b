// What a receiver chooses, in `alarms/users/NAME.conf`; each key may be left out, `#` begins a comment:
//
//   quiet = 22:00-07:00, 13:00-14:00   hours in which alarms are held, and told as a digest at their end; `urgent` passes
//   zone = Asia/Seoul                  whose clock that is: a name of the time zone database; else the daemon's own zone
//   kinds = arrived failed             the kinds that are wanted: sent arrived failed credit; else all
//   hooks = kakaotalk mail             the hooks that are wanted; else all
//   digest = no                        each alarm by itself, however many; else `yes`
//   escalate = unread 10m: carol       who is told as well, or by which hook (hook:sms), when a message stays unread; `no` for none
//
// A line that is wrong is told and left out; the others are in force.

package import SharedKernel

/// How one receiver wants to be told.
package struct ReceiverChoices: Hashable, Sendable {
  package private(set) var quiet: QuietHours?
  /// A name of the time zone database; nil for the daemon's own zone.
  package private(set) var zone: String?
  package private(set) var wantsDigests = true
  package private(set) var escalation = EscalationChoice.standard
  private var kinds: Set<AlarmKind>?
  /// The hooks that are wanted; nil for all.
  package private(set) var hooks: Set<HookName>?
  /// What is wrong, each with its line.
  package private(set) var complaints: [String] = []

  /// No choices: everything, at any hour.
  package init() {}

  /// `isZone` says whether there is a zone of that name.
  package init(parsing text: String, isZone: (String) -> Bool) {
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, line) in lines.enumerated() {
      let content = line.prefix { $0 != "#" }
      let parts = content.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(ReceiverChoices.trimmed)
      if parts == [""] { continue }
      if let complaint = parts.count == 2 ? set(parts[0], parts[1], isZone) : "not of the form key = value" {
        complaints.append("line \(index + 1): \(complaint)")
      }
    }
  }

  package func wants(_ kind: AlarmKind) -> Bool { kinds?.contains(kind) ?? true }
  package func wants(_ hook: HookName) -> Bool { hooks?.contains(hook) ?? true }

  /// What is wrong with the value; nil where it was taken.
  private mutating func set(_ key: String, _ value: String, _ isZone: (String) -> Bool) -> String? {
    let words = value.split { $0 == " " || $0 == "\t" || $0 == "," }.map(String.init)
    switch key {
    case "quiet":
      guard let hours = QuietHours(value) else { return "quiet = \(value): write hours such as 22:00-07:00" }
      quiet = hours
    case "zone":
      guard isZone(value) else { return "zone = \(value): there is no such time zone" }
      zone = value
    case "kinds":
      let known = words.compactMap { AlarmKind(rawValue: $0) }
      guard known.count == words.count, !words.isEmpty else { return "kinds = \(value): write some of sent arrived failed credit" }
      kinds = Set(known)
    case "hooks":
      let known = words.compactMap { HookName($0) }
      guard known.count == words.count else { return "hooks = \(value): write names of hooks" }
      hooks = Set(known)
    case "digest":
      guard let wanted = ["yes": true, "no": false][value] else { return "digest = \(value): neither yes nor no" }
      wantsDigests = wanted
    case "escalate":
      if value == "no" {
        escalation = .never
        return nil
      }
      guard let rule = Escalation(value) else { return "escalate = \(value): \(Escalation.form), or no" }
      escalation = .rule(rule)
    default: return "unknown key '\(key)': the keys are quiet, zone, kinds, hooks, digest and escalate"
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> String {
    func isSpace(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }
    let front = text.drop(while: isSpace)
    return front.lastIndex { !isSpace($0) }.map { String(front[...$0]) } ?? ""
  }
}

/// What the receivers have chosen.
package protocol Receivers: AnyObject {
  func choices(of receiver: Name) -> ReceiverChoices
  /// Fails while the choices of a receiver are not known because they cannot be read at the moment.
  func load(_ receiver: Name) throws(Failure)
  /// The end of the quiet hours that a receiver has at `now` of the daemon's clock; nil outside of them.
  func quietUntil(_ receiver: Name, at now: Timestamp) -> Timestamp?
}

extension Receivers {
  /// Choices that are in memory.
  package func load(_ receiver: Name) throws(Failure) {}
}

/// Without choices.
package final class NoChoices: Receivers {
  package init() {}
  package func choices(of receiver: Name) -> ReceiverChoices { ReceiverChoices() }
  package func quietUntil(_ receiver: Name, at now: Timestamp) -> Timestamp? { nil }
}
