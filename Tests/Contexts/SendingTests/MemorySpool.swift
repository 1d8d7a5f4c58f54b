import MessageFormat
import Sending
import SharedKernel
import Testing

/// All that sending works on, without a disk, for one process. Any call of a port can be made to fail.
final class MemorySpool {
  private final class StoppedClock: Clock {
    let time: Timestamp
    init(time: Timestamp) { self.time = time }
    func now() -> Timestamp { time }
  }

  /// A failure of a port's calls.
  struct Fault: Hashable, CustomTestStringConvertible {
    let call: String
    /// At which call of that name, counted from 1.
    let occurrence: Int
    /// Whether the later ones fail too.
    var isLasting = false
    var kind = Failure.Kind.inputOutput
    /// Whether the call is carried out before it fails.
    var isCarriedOut = false

    var testDescription: String {
      "\(call) #\(occurrence)\(isLasting ? "+" : "") \(kind)\(isCarriedOut ? " after it was carried out" : "")"
    }
  }

  var faults: [Fault] = []
  var now = Timestamp(seconds: 1_790_000_000)
  /// The calls that were made, in order.
  private(set) var calls: [String] = []
  private(set) var struck = 0
  /// What another process does right before the next call of that name.
  var interference: (call: String, body: () -> Void)?
  var messages: [OutboxPlace: [MessageID: MemoryMessage]] = [:]
  var marks: [DueMark: Timestamp] = [:]
  private var creditMarks: [DueMark: (line: CreditLine, since: Timestamp)] = [:]
  /// The file names of the copies in the mailboxes.
  var delivered: [String] = []
  var charges: [MessageID: Envelope] = [:]
  var credit: Balance = 100
  /// Accounts that have none of it.
  var poor: Set<Name> = []
  private var files: [String: MemoryMessage] = [:]

  private var dispatcher: Dispatcher {
    Dispatcher(
      outbox: self, payments: self, mailboxes: self, feed: self, clock: StoppedClock(time: now), host: "here",
      queueLifetime: .seconds(86400))
  }
  var sender: MessageSender { MessageSender(dispatcher, outbox: self, marks: self, planning: self) }
  var queue: DeferredQueue { DeferredQueue(dispatcher, listing: self, schedule: self, planning: self) }
  var recovery: Recovery { Recovery(dispatcher, queue: queue, payments: self) }

  /// Makes a call of a port: fails where a fault says so.
  func call<Answer>(_ name: String, _ body: () throws(Failure) -> Answer) throws(Failure) -> Answer {
    calls.append(name)
    if let (call, body) = interference, call == name {
      interference = nil
      body()
    }
    let occurrence = calls.count { $0 == name }
    let fault = faults.first { $0.call == name && ($0.isLasting ? $0.occurrence <= occurrence : $0.occurrence == occurrence) }
    guard let fault else { return try body() }
    struck += 1
    if fault.isCarriedOut { _ = try body() }
    throw Failure(fault.kind, "injected at \(name)")
  }

  /// Moves a message; nil removes it.
  func move(_ message: MemoryMessage, to place: OutboxPlace?) {
    let id = message.envelope.id
    for (old, known) in messages where known[id] === message { messages[old]?[id] = nil }
    if let place { messages[place, default: [:]][id] = message }
  }
}

extension MemorySpool: OutboxAcceptance, OutboxMessages, OutboxListing {
  func accept(_ sends: [[OutgoingCopy]]) -> [Result<(any OutboxEntry)?, Failure>] {
    sends.map { copies in
      Result { () throws(Failure) in
        try call("accept") { () throws(Failure) -> (any OutboxEntry)? in
          let message = MemoryMessage(copies, in: self)
          guard messages[.outbox]?[message.envelope.id] == nil else { return nil }
          move(message, to: .outbox)
          for copy in message.remaining { files[copy.name] = message }
          return message
        }
      }
    }
  }

  func entry(_ id: MessageID, at place: OutboxPlace, wait: Bool) throws(Failure) -> LockAttempt {
    try call("entry at \(place)") { messages[place]?[id].map { .locked($0) } ?? .absent }
  }

  func setAside(_ id: MessageID, at place: OutboxPlace) throws(Failure) { Issue.record("\(id) is not damaged") }

  func messages(at place: OutboxPlace, limit: Int) throws(Failure) -> [MessageID] {
    try call("messages") { Array((messages[place] ?? [:]).keys.prefix(limit)) }
  }

  func isPresent(_ id: MessageID, at place: OutboxPlace) throws(Failure) -> Bool {
    try call("isPresent") { messages[place]?[id] != nil }
  }

}

extension MemorySpool: OutboxSchedule {
  func due(at now: Timestamp, limit: Int) throws(Failure) -> [DueMark] {
    try call("due") { Array(marks.filter { $0.value <= now }.keys.prefix(limit)) }
  }

  func creditLines() throws(Failure) -> [CreditLine] {
    try call("creditLines") { Set(creditMarks.values.map(\.line)).sorted { ($0.sender, $0.account) < ($1.sender, $1.account) } }
  }

  func waiting(for line: CreditLine) throws(Failure) -> [DueMark] {
    try call("waiting") {
      creditMarks.filter { $0.value.line == line }.sorted { $0.value.since < $1.value.since }.map(\.key)
    }
  }

  func marks(of id: MessageID, at times: [Timestamp], for line: CreditLine?) throws(Failure) -> [DueMark] {
    try call("marks") {
      marks.filter { $0.key.id == id && times.contains($0.value) }.map(\.key)
        + creditMarks.filter { $0.key.id == id && $0.value.line == line }.map(\.key)
    }
  }

  func allMarks() throws(Failure) -> [DueMark] { try call("allMarks") { Array(marks.keys) + Array(creditMarks.keys) } }
  func scheduleNow(_ id: MessageID, at now: Timestamp) throws(Failure) -> DueMark { mark(id, at: now) }
  func remove(_ mark: DueMark) throws(Failure) { try call("remove") { (marks[mark], creditMarks[mark]) = (nil, nil) } }

  @discardableResult
  func mark(_ id: MessageID, at time: Timestamp) -> DueMark {
    let mark = DueMark(id: id, path: "\(time.microseconds).\(id).\(marks.count)")
    marks[mark] = time
    return mark
  }

  func markForCredit(_ id: MessageID, in line: CreditLine, since: Timestamp) {
    // Each mark has a name of its own: the one of an earlier deferral is removed after this one was made.
    creditMarks[DueMark(id: id, path: "credit/\(id).\(calls.count)")] = (line, since)
  }
}

extension MemorySpool: MessagePayments, ChargePlanning, PaymentRecovery {
  func state(of id: MessageID) throws(Failure) -> PaymentState {
    try call("state") {
      charges[id].map { .paid(fingerprint: $0.fingerprint, balance: credit, accepted: $0.date) } ?? .unpaid
    }
  }

  func charge(_ envelope: Envelope) throws(Failure) -> ChargeOutcome {
    try call("charge") { () throws(Failure) in
      if charges[envelope.id] == nil {
        guard credit.covers(envelope.price), !poor.contains(envelope.payer) else {
          return .declined(Failure(.notPermitted, "no credit"), isFinal: false)
        }
        credit = credit.subtracting(Balance(envelope.price)) ?? credit
        charges[envelope.id] = envelope
      }
      return .paid(balance: credit)
    }
  }

  func reverse(_ id: MessageID) throws(Failure) {
    try call("reverse") { if let envelope = charges.removeValue(forKey: id) { credit = credit.adding(Balance(envelope.price)) ?? credit } }
  }

  func availability() throws(Failure) -> PaymentAvailability { try call("availability") { .usable } }
  func preflight(_ envelope: Envelope) throws(Failure) -> ChargeObstacle? { try call("preflight") { nil } }

  func recover(limit: Int, while mayGoOn: () -> Bool) -> [Failure] {
    do throws(Failure) { try call("recover") {} } catch { return [error] }
    return []
  }
}

extension MemorySpool: Mailboxes, EventFeed {
  func check(_ recipient: Name) throws(Failure) { try call("check") {} }
  func prepare(_ recipient: Name) throws(Failure) { try call("prepare") {} }

  var areLimited: Bool { false }

  func refusal(for recipient: Name, size: Int, now: Timestamp) throws(Failure) -> Failure? { nil }

  func deliver(_ copy: OutboxCopy, now: Timestamp, mustDeliver: Bool, as baseName: (Timestamp) -> String) throws(Failure) -> String {
    try call("deliver") {
      files[copy.name]?.take(copy.name)
      delivered.append(copy.name)
      return baseName(now)
    }
  }

  func makeDurable(_ recipient: Name) throws(Failure) { try call("makeDurable") {} }

  func takeBack(_ baseName: String, from recipient: Name, as name: String) throws(Failure) -> Bool {
    try call("takeBack") {
      delivered.removeAll { $0 == name }
      files[name]?.putBack(name)
      return true
    }
  }

  func publish(_ names: [String]) -> [Failure] {
    do throws(Failure) { try call("publish") {} } catch { return [error] }
    return []
  }
}
