package import SharedKernel

/// What the feed holds under a sequence.
package enum FeedEntry: Hashable, Sendable {
  case missing
  /// Its message is still in the outbox: it has not happened yet.
  case pending
  /// Its message was never delivered.
  case void(Event)
  /// It was accepted to be delivered later and was given up; why.
  case failed(Event, reason: String)
  case happened(Event)
  /// No message of ours; why.
  case damaged(String)
  /// It cannot be read at the moment; why.
  case unreadable(Failure)
}

/// The events, in their one order.
package protocol EventSource: AnyObject {
  func entry(_ sequence: Int) throws(Failure) -> FeedEntry
  /// The lowest sequence there is that is not below `sequence`; nil when there is none.
  func first(from sequence: Int) throws(Failure) -> Int?
  /// The highest sequence; nil for an empty feed.
  func head() throws(Failure) -> Int?
  /// The text of the message; nil when the entry is gone, or has become another's.
  func text(of event: Event) throws(Failure) -> [UInt8]?
}

/// The receivers' mailboxes, as far as alarms look into them.
package protocol ReceivedMessages: AnyObject {
  /// Which of these messages a receiver has read, or has no more.
  func read(_ messages: Set<MessageID>, by receiver: Name) throws(Failure) -> Set<MessageID>
  /// The text of a delivered message; nil when its receiver has removed it.
  func text(of event: Event) throws(Failure) -> [UInt8]?
}

/// The memory of the daemon. What a call says is durable when it returns, but for what is only noted.
package protocol AlarmRecord: AnyObject {
  func append(_ lines: [HistoryLine]) throws(Failure)
  /// The same for lines that would be made again if they were lost: durable at the latest when something else is, or the cursor moves.
  func note(_ lines: [HistoryLine]) throws(Failure)
  /// Says that hooks are about to be started, so that a run that is cut off is known as such.
  func markStarted(_ deliveries: [Delivery]) throws(Failure)
  /// Nothing runs any more: the marks are of no use.
  func clearStarted() throws(Failure)
  /// Keeps an alarm that no hook will be asked about again, with what the hook would have got.
  func bury(_ delivery: Delivery, call: HookCall?, line: HistoryLine) throws(Failure)
  func moveCursor(to sequence: Int) throws(Failure)
  /// A delivery that was made again is final: what was kept of it for that goes.
  func endReplay(of delivery: Delivery) throws(Failure)
  /// Whether there is room to remember what is about to be done.
  func hasRoom() throws(Failure) -> Bool
}

/// A run of a hook that has ended.
package struct FinishedRun: Sendable {
  package let delivery: Delivery
  package let end: HookEnd
  /// The last line of its standard output.
  package let lastLine: String
  /// The last lines of its standard error.
  package let complaint: String
  package let duration: Duration

  package init(delivery: Delivery, end: HookEnd, lastLine: String, complaint: String, duration: Duration) {
    (self.delivery, self.end, self.lastLine) = (delivery, end, lastLine)
    (self.complaint, self.duration) = (complaint, duration)
  }
}

/// Runs hooks without waiting for them.
package protocol HookRunner: AnyObject {
  /// Starts a hook. One that cannot be started is a run that has ended at once.
  func start(_ delivery: Delivery, _ call: HookCall) -> FinishedRun?
}

/// Everything that the dispatcher works with.
package struct AlarmPorts {
  let source: any EventSource
  let mailboxes: any ReceivedMessages
  let record: any AlarmRecord
  let runner: any HookRunner
  let receivers: any Receivers
  /// Must not go backwards.
  let clock: any Clock
  /// What the date is: for the history and for silences, and nothing else.
  let calendar: any Clock

  package init(
    source: any EventSource, mailboxes: any ReceivedMessages, record: any AlarmRecord, runner: any HookRunner, receivers: any Receivers,
    clock: any Clock, calendar: any Clock
  ) {
    (self.source, self.mailboxes, self.record, self.runner) = (source, mailboxes, record, runner)
    (self.receivers, self.clock, self.calendar) = (receivers, clock, calendar)
  }
}
