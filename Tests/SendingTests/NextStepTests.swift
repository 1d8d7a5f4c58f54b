import Sending
import Testing

/// The protocol table, row by row. Swapping any two answers of `NextStep` breaks a row.
@Suite struct NextStepTests {
  private func step(
    _ place: OutboxPlace = .outbox, paid: Bool, complete: Bool = true, own: Bool = false, queued: Bool = false, due: Bool = true
  ) -> NextStep {
    NextStep(
      after: NextStep.Finding(place: place, isPaid: paid, isComplete: complete, isOwn: own, isQueued: queued, isDue: due))
  }

  @Test func aPaidMessageIsDeliveredWhoeverFindsIt() {
    for own in [true, false] { for complete in [true, false] { #expect(step(paid: true, complete: complete, own: own) == .deliver) } }
  }

  @Test func anUnpaidOneIsChargedByItsSenderOnly() {
    #expect(step(paid: false, own: true) == .charge)
    #expect(step(paid: false, own: false) == .withdraw)
  }

  @Test func aQueuedOneIsChargedByAnybodyWhenItIsDue() {
    #expect(step(paid: false, queued: true) == .charge)
    #expect(step(paid: false, queued: true, due: false) == .wait)
  }

  @Test func oneThatWasNeverFullyAcceptedIsWithdrawnEvenIfQueued() {
    #expect(step(paid: false, complete: false, queued: true) == .withdraw)
  }

  @Test func whatIsVoidedIsNeverDelivered() {
    for own in [true, false] {
      #expect(step(.voiding, paid: true, own: own) == .reverse)
      #expect(step(.voiding, paid: false, own: own, queued: true) == .fileAsFailed)
    }
  }
}
