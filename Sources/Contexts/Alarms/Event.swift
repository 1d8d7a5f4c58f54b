package import MessageFormat
package import SharedKernel

/// One delivered copy of a message, as the feed numbers it. The text stays in the feed until a hook asks for it.
package struct Event: Hashable, Sendable {
  /// The place in the one order of all events, from 1 on.
  package let sequence: Int
  package let message: MessageID
  /// 1 for the copy that leads a send, 2 and on for those that follow.
  package let copy: Int
  package let sender: Name
  package let receiver: Name
  package let subject: String
  /// When the message was sent, or was to be sent.
  package let at: Timestamp
  package let priority: Priority
  /// The feed had missed it, and a comparison with the mailboxes found it.
  package var isRecovered = false

  package init(sequence: Int, envelope: Envelope) {
    self.sequence = sequence
    (message, copy, sender, receiver) = (envelope.id, envelope.copy, envelope.sender, envelope.recipient)
    (subject, at, priority) = (envelope.subject, envelope.notBefore ?? envelope.date, envelope.priority)
  }

  /// An event that is known from what a hook was to be told of it.
  package init(
    sequence: Int, message: MessageID, sender: Name, receiver: Name, subject: String, at: Timestamp, priority: Priority
  ) {
    (self.sequence, self.message, copy, self.sender, self.receiver) = (sequence, message, 1, sender, receiver)
    (self.subject, self.at, self.priority) = (subject, at, priority)
  }

  /// An event that never was, to try a hook out.
  package init(test message: MessageID, from sender: Name, to receiver: Name, at: Timestamp) {
    (sequence, self.message, copy, self.sender, self.receiver) = (0, message, 1, sender, receiver)
    (subject, self.at, priority) = ("test", at, .normal)
  }

  /// The alarms it raises: `arrived` to the receiver, and once a send `sent` to the sender, with `credit` where that was the
  /// send that left little.
  package func alarms(isCreditLow: Bool) -> [Alarm] {
    let toSender: [AlarmKind] = copy > 1 ? [] : isCreditLow ? [.sent, .credit] : [.sent]
    return toSender.map { Alarm(kind: $0, receiver: sender, event: self) } + [Alarm(kind: .arrived, receiver: receiver, event: self)]
  }
}
