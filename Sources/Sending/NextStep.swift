internal import SharedKernel

/// What has to be done next with a message, from what is found of it. This table is the whole protocol: the sender
/// itself, a later send and the alarm daemon all follow it, so recovery is the normal path.
package enum NextStep: Hashable, Sendable {
  /// Ask for the money.
  case charge
  /// It is paid: publish its event and move it into the mailboxes.
  case deliver
  /// Nothing was promised and nothing is charged: remove it.
  case withdraw
  /// Not due yet.
  case wait
  /// It will never be delivered and is charged: give the money back.
  case reverse
  /// It will never be delivered and is not charged: done.
  case fileAsFailed

  package struct Finding: Hashable, Sendable {
    package let place: OutboxPlace
    package let isPaid: Bool
    /// Whether all copies are there. Before the charge a missing one shows that it never was fully accepted.
    package let isComplete: Bool
    /// Whether the one who decides is its sender, still there to be answered.
    package let isOwn: Bool
    /// Accepted with a promise to charge and deliver it later.
    package let isQueued: Bool
    package let isDue: Bool

    package init(place: OutboxPlace, isPaid: Bool, isComplete: Bool, isOwn: Bool, isQueued: Bool, isDue: Bool) {
      (self.place, self.isPaid, self.isComplete) = (place, isPaid, isComplete)
      (self.isOwn, self.isQueued, self.isDue) = (isOwn, isQueued, isDue)
    }
  }

  package init(after found: Finding) {
    switch (found.place, found.isPaid) {
    case (.voiding, true): self = .reverse
    case (.voiding, false): self = .fileAsFailed
    case (.outbox, true): self = .deliver
    case (.outbox, false):
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
