package import SharedKernel

/// The id of an alarm, the same however often it is raised: hooks recognise a repeat by it.
package struct AlarmID: Hashable, Sendable, CustomStringConvertible {
  private let id: MessageID

  /// From what the alarm is about and not from its sequence, which a rebuilt feed may give out anew.
  package init(message: MessageID, copy: Int, kind: AlarmKind) { id = MessageID(hashing: "alarm\0\(message)\0\(copy)\0\(kind.rawValue)") }

  /// The id of an escalation: one for each target.
  init(message: MessageID, copy: Int, escalatedTo target: Escalation.Target) {
    let name =
      switch target {
      case .receiver(let name): name.text
      case .hook(let hook): "hook:\(hook)"
      }
    id = MessageID(hashing: "escalation\0\(message)\0\(copy)\0\(name)")
  }

  /// The id of a digest: the same whenever it is made of the same alarms for the same hook, and another for others.
  package init(digestOf alarms: [AlarmID], hook: HookName) {
    id = MessageID(hashing: "digest\0\(hook)\0" + alarms.map { $0.description }.joined(separator: "\0"))
  }

  /// Reads the 26 digits; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard let id = MessageID(text) else { return nil }
    self.id = id
  }

  package var description: String { id.description }
}

/// What an alarm tells.
package enum AlarmKind: String, CaseIterable, Sendable {
  /// To the sender, once a send.
  case sent
  /// To each receiver.
  case arrived
  /// To the sender: a queued message was given up.
  case failed
  /// To the sender: this send took the balance below `low-credit`.
  case credit
  /// Several of the others for one receiver, told as one.
  case digest
  /// Tries a hook out.
  case test
}

/// Something a person is to be told.
package struct Alarm: Hashable, Sendable {
  package let id: AlarmID
  package let kind: AlarmKind
  package let receiver: Name
  package let event: Event
  /// The receiver that has not read the message, of an escalation.
  package let unreadBy: Name?

  package init(kind: AlarmKind, receiver: Name, event: Event) {
    id = AlarmID(message: event.message, copy: event.copy, kind: kind)
    (self.kind, self.receiver, self.event, unreadBy) = (kind, receiver, event, nil)
  }

  /// The arrival of a message that stays unread, for another receiver or by another hook.
  package init(escalating event: Event, to target: Escalation.Target) {
    id = AlarmID(message: event.message, copy: event.copy, escalatedTo: target)
    (kind, self.event, unreadBy) = (.arrived, event, event.receiver)
    if case .receiver(let name) = target { receiver = name } else { receiver = event.receiver }
  }

  /// The alarm that stands for several. `first` lends it its place in the feed.
  package init(digest id: AlarmID, first: Alarm) {
    self.id = id
    (kind, receiver, event, unreadBy) = (.digest, first.receiver, first.event, nil)
  }

  /// An alarm as it was kept in a file.
  package init(id: AlarmID, kind: AlarmKind, receiver: Name, event: Event, unreadBy: Name? = nil) {
    (self.id, self.kind, self.receiver, self.event, self.unreadBy) = (id, kind, receiver, event, unreadBy)
  }
}
