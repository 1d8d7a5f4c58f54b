// Keeps calls away from a gateway that does not answer as it should, so that callers know at once and the gateway can recover.
//
//   closed       every call is let through. Of the last calls (50, none older than 10 s, at least 20) half failed: open. An answer
//                within the time-out is no failure, however slow; `SlotLimit` handles slowness.
//                Few slots yield few calls, and the good ones of before outnumber them for long. So calls in a row that all timed out
//                open it too, as many as there are slots: a gateway that hangs has a call in each, and gets at most as many again.
//   open         nothing is let through for 5 s, or up to a tenth less, so that callers do not all come back at once; then half open.
//   half open    five calls, or as many as there are slots, are let through as probes, each under a lease. Half of them bad: open. More
//                than half answered: closed. A probe whose lease runs out counts as bad, so one that was killed wedges nothing.
//   forced open  by hand: nothing is let through until a person resets it
//   disabled     by hand: everything is let through and nothing is judged
//
// A pure state machine: the time and the chance come from outside. See M. Nygard, "Release It!", 2nd edition, section 5.2.

package import SharedKernel

package struct CircuitBreaker: Hashable, Sendable {
  package enum State: String, CaseIterable, Sendable {
    case closed, open
    case halfOpen = "half-open"
    case forcedOpen = "forced-open"
    case disabled
  }

  /// What a call said of the gateway's health. A declined payment is a good answer.
  package enum Verdict: String, CaseIterable, Hashable, Sendable {
    case good
    /// Answered in time, but it took more than half of it. As good as good; people see it.
    case slow
    case failed
    /// Failed because its time was up.
    case late
  }

  package struct Outcome: Hashable, Sendable {
    package let time: Timestamp
    package let verdict: Verdict
    package init(_ verdict: Verdict, at time: Timestamp) { (self.verdict, self.time) = (verdict, time) }
  }

  /// The leave of one probe.
  package struct Lease: Hashable, Sendable {
    package let number: Int
    package let expires: Timestamp
    package init(number: Int, expires: Timestamp) { (self.number, self.expires) = (number, expires) }
  }

  package enum Admission: Hashable, Sendable {
    /// The call may be made; a probe says its lease's number when it reports.
    case allowed(lease: Int?)
    /// Not before that time; nil where only a person can end it.
    case refused(until: Timestamp?)
  }

  package internal(set) var state: State
  /// Since when it is in this state.
  package internal(set) var since: Timestamp
  /// When an open breaker lets probes through.
  package internal(set) var reopening: Timestamp
  /// Of calls in the closed state, oldest first.
  package internal(set) var outcomes: [Outcome]
  package internal(set) var leases: [Lease]
  /// Probes let through in this half-open state, and what those that are over said.
  package internal(set) var issued: Int
  package internal(set) var good: Int
  package internal(set) var bad: Int
  /// Never used twice, so that a report of an earlier half-open state is recognised.
  package internal(set) var nextLease: Int

  /// A closed breaker that knows nothing.
  package init(at time: Timestamp) {
    self.init(state: .closed, since: time, reopening: time, probes: Probes(issued: 0, good: 0, bad: 0), nextLease: 1)
  }

  /// Counts of the probes of a half-open state.
  package struct Probes: Hashable, Sendable {
    let issued: Int
    let good: Int
    let bad: Int
    package init(issued: Int, good: Int, bad: Int) { (self.issued, self.good, self.bad) = (issued, good, bad) }
  }

  /// As it was remembered.
  package init(
    state: State, since: Timestamp, reopening: Timestamp, probes: Probes, nextLease: Int, outcomes: [Outcome] = [], leases: [Lease] = []
  ) {
    (self.state, self.since, self.reopening, self.nextLease) = (state, since, reopening, nextLease)
    (issued, good, bad) = (probes.issued, probes.good, probes.bad)
    (self.outcomes, self.leases) = (outcomes, leases)
  }
}

/// How a breaker judges.
package struct BreakerSettings: Hashable, Sendable {
  /// Calls that are looked back at.
  package var window = 50
  /// After this a call no longer counts.
  package var maximumAge = Duration.seconds(10)
  /// Calls without which nothing is judged.
  package var minimum = 20
  /// Percent of failed calls at which it opens.
  package var failurePercent = 50
  /// Calls in a row that timed out at which it opens.
  package var timeOutsInARow = 20
  /// How long it stays open, before the chance of up to a tenth less.
  package var openTime = Duration.seconds(5)
  package var probes = 5
  /// The time that a probe has to report.
  package var leaseTime = Duration.milliseconds(1610)

  package init() {}

  /// The same for a gateway that gets so many calls at the same time: so few are enough to show that it hangs, or that it is back.
  package func fitting(limit: Int) -> BreakerSettings {
    var settings = self
    settings.timeOutsInARow = min(timeOutsInARow, max(2, limit))
    settings.probes = min(probes, max(1, limit))
    return settings
  }
}

/// A change of state, with what led to it.
package struct BreakerTransition: Hashable, Sendable {
  package let from: CircuitBreaker.State
  package let to: CircuitBreaker.State
  package let time: Timestamp
  /// A phrase with figures: `of the last 50 calls 31 failed`.
  package let reason: String

  package init(from: CircuitBreaker.State, to: CircuitBreaker.State, time: Timestamp, reason: String) {
    (self.from, self.to, self.time, self.reason) = (from, to, time, reason)
  }
}
