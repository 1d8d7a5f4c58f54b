import Sending
import Testing

/// The protocol table, row by row. Swapping any two answers of `NextStep` breaks a row.
@Suite struct NextStepTests {
  private func step(
    _ place: OutboxPlace = .outbox, paid: Bool = false, pending: Bool = false, refunded: Bool = false, complete: Bool = true,
    own: Bool = false,
    queued: Bool = false, due: Bool = true
  ) -> NextStep {
    NextStep(
      after: NextStep.Finding(
        place: place, payment: refunded ? .refunded : paid ? .paid : pending ? .pending : .none, isComplete: complete, isOwn: own,
        isQueued: queued, isDue: due))
  }

  @Test func aPaidMessageIsDeliveredWhoeverFindsIt() {
    for own in [true, false] { for complete in [true, false] { #expect(step(paid: true, complete: complete, own: own) == .deliver) } }
  }

  @Test func anUnpaidOneIsChargedByItsSenderOnly() {
    #expect(step(paid: false, own: true) == .charge)
    #expect(step(paid: false, own: false) == .withdraw)
  }

  @Test func oneWhoseAnswerIsUnknownIsAskedAboutByWhoeverFindsIt() {
    for own in [true, false] { for queued in [true, false] { #expect(step(pending: true, own: own, queued: queued) == .charge) } }
  }

  @Test func aQueuedOneIsChargedByAnybodyWhenItIsDue() {
    #expect(step(paid: false, queued: true) == .charge)
    #expect(step(paid: false, queued: true, due: false) == .wait)
  }

  @Test func whatWasGivenBackIsNeverDelivered() {
    for own in [true, false] {
      for complete in [true, false] {
        #expect(step(refunded: true, complete: complete, own: own, queued: true) == .giveUp)
        #expect(step(refunded: true, complete: complete, own: own) == .withdraw)
      }
    }
    #expect(step(.voiding, refunded: true) == .fileAsFailed)
  }

  @Test func oneThatWasNeverFullyAcceptedIsWithdrawnEvenIfQueued() {
    #expect(step(paid: false, complete: false, queued: true) == .withdraw)
  }

  @Test func whatIsVoidedIsNeverDelivered() {
    for own in [true, false] {
      #expect(step(.voiding, paid: true, own: own) == .reverse)
      #expect(step(.voiding, pending: true, own: own) == .reverse)
      #expect(step(.voiding, paid: false, own: own, queued: true) == .fileAsFailed)
    }
  }
}
