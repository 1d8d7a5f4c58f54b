internal import SharedKernel

/// What has to be done next with a message, from what is found of it. This table is the whole protocol: the sender
/// itself, a later send and the alarm daemon all follow it, so recovery is the normal path.
package enum NextStep: Hashable, Sendable {
  /// Ask for the money, or for the answer to having asked.
  case charge
  /// It is paid: publish its event and move it into the mailboxes.
  case deliver
  /// Nothing was promised and nothing is charged: remove it.
  case withdraw
  /// Not due yet.
  case wait
  /// Promised, and in doubt at its gateway beyond its lifetime, or its money is given back: tell its sender and void it.
  case giveUp
  /// It will never be delivered and is charged: give the money back.
  case reverse
  /// It will never be delivered and is not charged: done.
  case fileAsFailed

  /// What is recorded of its payment.
  package enum Payment: Hashable, Sendable { case none, pending, paid, refunded }

  package struct Finding: Hashable, Sendable {
    package let place: OutboxPlace
    package let payment: Payment
    /// Whether all copies are there. Before the charge a missing one shows that it never was fully accepted.
    package let isComplete: Bool
    /// Whether its sender decides, and still waits for the answer.
    package let isOwn: Bool
    /// Accepted with a promise to charge and deliver it later.
    package let isQueued: Bool
    package let isDue: Bool
    /// A promise that is older than promises are kept. It is tried once more even so: perhaps nothing has run since it was made.
    package let isExpired: Bool
    /// Another message of the same id is paid for, or waits: the sender of this one was killed before it looked, and nothing was
    /// promised for it.
    package let isSecond: Bool

    package init(
      place: OutboxPlace, payment: Payment, isComplete: Bool, isOwn: Bool, isQueued: Bool, isDue: Bool, isExpired: Bool = false,
      isSecond: Bool = false
    ) {
      (self.place, self.payment, self.isComplete) = (place, payment, isComplete)
      (self.isOwn, self.isQueued, self.isDue) = (isOwn, isQueued, isDue)
      (self.isExpired, self.isSecond) = (isExpired, isSecond)
    }
  }

  package init(after found: Finding) {
    switch (found.place, found.payment) {
    case (.voiding, .paid), (.voiding, .pending): self = .reverse
    case (.voiding, .none), (.voiding, .refunded): self = .fileAsFailed
    // One that waits is decided about when it has been taken up.
    case (.deferred, _): self = .wait
    case (.outbox, _) where found.isSecond: self = .withdraw
    case (.outbox, .paid): self = .deliver
    // Nothing is delivered for money that its sender has again.
    case (.outbox, .refunded): self = found.isQueued ? .giveUp : .withdraw
    case (.outbox, .pending): self = found.isQueued && found.isExpired ? .giveUp : .charge
    case (.outbox, .none):
      if !found.isComplete {
        self = .withdraw
      } else if found.isOwn || found.isQueued {
        self = found.isDue ? .charge : .wait
      } else {
        self = .withdraw
      }
    }
  }
}

extension NextStep.Payment {
  init(_ state: PaymentState) {
    self =
      switch state {
      case .paid: .paid
      case .pending: .pending
      case .refunded: .refunded
      case .unpaid: .none
      }
  }
}
