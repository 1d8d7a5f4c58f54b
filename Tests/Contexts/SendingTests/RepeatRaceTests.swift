import MessageFormat
import Sending
import SharedKernel
import Testing

/// Repeats of a send under the same key that come at the worst moment.
@Suite struct RepeatRaceTests {
  private let world = World()

  private func send() throws -> Receipt {
    let dispatcher = Dispatcher(
      outbox: world, payments: world, mailboxes: world, feed: world, clock: FixedClock(), host: "here", queueLifetime: .seconds(60))
    let alice = try #require(Name("alice"))
    let draft = try Draft(
      sender: alice, recipients: [try #require(Name("bob"))], subject: "", text: Array("hi".utf8), priority: .normal, maximumSize: 100)
    world.fingerprint = draft.fingerprint
    return try dispatcher.send(
      SendRequest(
        draft: draft, id: MessageID(sender: alice, key: "key"), isRepeatable: true, price: Amount(clamping: 1), date: FixedClock().now(),
        dateOffset: 0))
  }

  /// The first send leaves the outbox for `voiding/`, charged, right when the repeat looks for it: the repeat must not take that
  /// charge for a message that was sent. Breaks when `voiding/` is looked at before `outbox/`, and when it is not finished before
  /// its key is used again.
  @Test func aRepeatWaitsForWhatIsBeingGivenUp() throws {
    world.payment = { world in world.hasReversed ? .unpaid : .paid(fingerprint: world.fingerprint, balance: 99, accepted: nil) }
    let failure = try #require(throws: Failure.self) { try send() }
    #expect(failure.kind == .inputOutput, "it goes on to send for itself: \(failure)")
    #expect(world.hasReversed)
  }

  /// The first send ends between the repeat's look and its acceptance. Breaks when the repeat does not look again under its lock:
  /// it is then charged and delivered a second time.
  @Test func aRepeatLooksAgainOnceItHoldsTheKey() throws {
    world.canAccept = true
    world.payment = { world in world.accepted == 0 ? .unpaid : .paid(fingerprint: world.fingerprint, balance: 99, accepted: nil) }
    let receipt = try send()
    #expect(receipt.isRepeat && receipt.state == .delivered)
    #expect(world.accepted == 1 && world.withdrawn == 1 && world.charges == 0 && world.deliveries == 0)
  }

  private struct FixedClock: Clock {
    func now() -> Timestamp { Timestamp(microseconds: 1) }
  }

  private final class Entry: OutboxEntry {
    let envelope: Envelope
    let world: World
    var remaining: [OutboxCopy] { [OutboxCopy(name: "\(envelope.id)", recipient: envelope.recipient, size: 1)] }

    init(_ envelope: Envelope, in world: World) { (self.envelope, self.world) = (envelope, world) }

    func deferMessage(_ deferral: Deferral) throws(Failure) {}
    func requeue() throws(Failure) -> Bool { true }
    var isWithdrawn = false
    func withdraw() throws(Failure) {
      isWithdrawn = true
      world.withdrawn += 1
    }
    func moveToVoiding(reason: String) throws(Failure) {}
    func fileAsFailed() throws(Failure) {}
  }

  private final class World: Outbox, PaymentGateway, Mailboxes, EventFeed {
    var fingerprint: Fingerprint?
    var payment: (World) -> PaymentState = { _ in .unpaid }
    var canAccept = false
    private var isVoiding = false
    private(set) var hasReversed = false
    private(set) var accepted = 0
    private(set) var charges = 0
    private(set) var deliveries = 0
    var withdrawn = 0

    func entry(_ id: MessageID, at place: OutboxPlace, wait: Bool) throws(Failure) -> LockAttempt {
      switch place {
      case .outbox: isVoiding = true
      // Waiting for the lock is waiting for the end: the money is given back by then.
      case .voiding: hasReversed = isVoiding
      case .deferred: break
      }
      return .absent
    }

    func accept(_ sends: [[OutgoingCopy]]) -> [Result<(any OutboxEntry)?, Failure>] {
      guard canAccept else { return [.failure(Failure(.inputOutput, "as far as this test goes"))] }
      accepted += 1
      return [.success(Entry(sends[0][0].envelope, in: self))]
    }
    func setAside(_ id: MessageID, at place: OutboxPlace) throws(Failure) {}
    func messages(at place: OutboxPlace, limit: Int) throws(Failure) -> [MessageID] { [] }

    func due(at now: Timestamp, limit: Int) throws(Failure) -> [DueMark] { [] }
    func accountsWaitingForCredit() throws(Failure) -> [Name] { [] }
    func waitingForCredit(_ account: Name) throws(Failure) -> [DueMark] { [] }
    func allMarks() throws(Failure) -> [DueMark] { [] }
    func scheduleNow(_ id: MessageID, at now: Timestamp) throws(Failure) -> DueMark { DueMark(id: id, path: "") }
    func isPresent(_ id: MessageID, at place: OutboxPlace) throws(Failure) -> Bool { false }
    func marks(of id: MessageID, at times: [Timestamp], for account: Name?) throws(Failure) -> [DueMark] { [] }
    func remove(_ mark: DueMark) throws(Failure) {}

    func state(of id: MessageID) throws(Failure) -> PaymentState { payment(self) }
    func charge(_ envelope: Envelope) throws(Failure) -> ChargeOutcome {
      charges += 1
      return .paid(balance: 99)
    }
    func reverse(_ id: MessageID) throws(Failure) {}
    func recover(limit: Int, while mayGoOn: () -> Bool) -> [Failure] { [] }
    func availability() throws(Failure) -> PaymentAvailability { .usable }
    func preflight(_ envelope: Envelope) throws(Failure) -> Failure? { nil }

    func check(_ recipient: Name) throws(Failure) {}
    func prepare(_ recipient: Name) throws(Failure) {}
    func deliver(_ name: String, to recipient: Name, now: Timestamp, as baseName: (Timestamp) -> String) throws(Failure) -> String {
      deliveries += 1
      return baseName(now)
    }
    func makeDurable(_ recipient: Name) throws(Failure) {}
    func takeBack(_ baseName: String, from recipient: Name, as name: String) throws(Failure) -> Bool { true }
    func publish(_ names: [String]) -> [Failure] { [] }
  }
}
