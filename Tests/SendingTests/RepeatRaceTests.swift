import MessageFormat
import Sending
import SharedKernel
import Testing

/// A repeat that comes while the first send is being given up: it must not take the charge, which is about to be given back, for
/// a message that was sent. Breaks when `voiding/` is looked at before `outbox/`.
@Suite struct RepeatRaceTests {
  @Test func aRepeatWaitsForWhatIsBeingGivenUp() throws {
    let world = World()
    let dispatcher = Dispatcher(outbox: world, payments: world, mailboxes: world, feed: world, clock: FixedClock(), host: "here")
    let alice = try #require(Name("alice"))
    let draft = try Draft(
      sender: alice, recipients: [try #require(Name("bob"))], subject: "", text: Array("hi".utf8), priority: .normal, maximumSize: 100)
    world.fingerprint = draft.fingerprint
    let request = SendRequest(
      draft: draft, id: MessageID(sender: alice, key: "key"), isRepeatable: true, price: 1, date: FixedClock().now(), dateOffset: 0)
    let failure = try #require(throws: Failure.self) { try dispatcher.send(request) }
    #expect(failure.kind == .inputOutput, "it goes on to send for itself: \(failure)")
    #expect(world.hasReversed)
  }

  private struct FixedClock: Clock {
    func now() -> Timestamp { Timestamp(microseconds: 1) }
  }

  /// The first send leaves the outbox for `voiding/`, charged, right when the repeat looks for it.
  private final class World: Outbox, PaymentGateway, Mailboxes, EventFeed {
    var fingerprint: Fingerprint?
    private var isVoiding = false
    private(set) var hasReversed = false

    func entry(_ id: MessageID, at place: OutboxPlace, wait: Bool) throws(Failure) -> LockAttempt {
      switch place {
      case .outbox:
        isVoiding = true
        return .absent
      case .voiding:
        // Waiting for the lock is waiting for the end: the money is given back by then.
        if isVoiding { hasReversed = true }
        return .absent
      }
    }

    func accept(_ copies: [OutgoingCopy]) throws(Failure) -> (any OutboxEntry)? { throw Failure(.inputOutput, "as far as this test goes") }
    func setAside(_ id: MessageID, at place: OutboxPlace) throws(Failure) {}
    func messages(at place: OutboxPlace, limit: Int) throws(Failure) -> [MessageID] { [] }

    func state(of id: MessageID) throws(Failure) -> PaymentState {
      hasReversed ? .unpaid : .paid(fingerprint: fingerprint, balance: 99)
    }
    func charge(_ envelope: Envelope) throws(Failure) -> ChargeOutcome { .paid(balance: 99) }
    func reverse(_ id: MessageID) throws(Failure) {}

    func check(_ recipient: Name) throws(Failure) {}
    func prepare(_ recipient: Name) throws(Failure) {}
    func deliver(_ name: String, to recipient: Name, as baseName: String) throws(Failure) {}
    func makeDurable(_ recipient: Name) throws(Failure) {}
    func takeBack(_ baseName: String, from recipient: Name, as name: String) throws(Failure) -> Bool { true }
    func publish(_ names: [String]) -> [Failure] { [] }
  }
}
