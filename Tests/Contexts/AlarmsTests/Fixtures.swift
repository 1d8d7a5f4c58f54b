import MessageFormat
import SharedKernel
import Testing

@testable import Alarms

/// An event of a message from alice to `receiver`.
func event(_ sequence: Int, to receiver: String = "bob", copy: Int = 1, of copies: Int = 1, priority: Priority = .urgent) throws -> Event {
  let names = (1...copies).map { $0 == copy ? receiver : "other\($0)" }
  return Event(
    sequence: sequence,
    envelope: Envelope(
      id: MessageID(hashing: "message \(sequence)"), sender: try name("alice"), recipients: try names.map(name), copy: copy,
      subject: "제목", priority: priority, date: Timestamp(seconds: 1000), dateOffset: .utc, price: Amount(clamping: 1),
      fingerprint: Fingerprint(of: []),
      isQueued: false, notBefore: nil, host: "here"))
}

func name(_ text: String) throws -> Name { try #require(Name(text)) }

func hook(_ text: String = "push") throws -> HookName { try #require(HookName(text)) }

/// The `arrived` alarm of an event, for a hook.
func delivery(_ sequence: Int, to receiver: String = "bob", hook: String = "push") throws -> Delivery {
  let event = try event(sequence, to: receiver)
  return Delivery(alarm: Alarm(kind: .arrived, receiver: event.receiver, event: event), hook: try #require(HookName(hook)))
}

func seconds(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

extension Scheduler {
  /// Starts everything that is due, each delivery by itself.
  mutating func start(at now: Timestamp, _ receivers: any Receivers = NoChoices()) -> [Delivery] {
    var started: [Delivery] = []
    while case .single(let delivery) = next(at: now, receivers) { started.append(begin(delivery, at: now)) }
    return started
  }
}

/// A policy whose randomness is in the middle: no wait is longer or shorter than its rule.
let plainPolicy = RetryPolicy(random: { 20 })
