// Keeps calls away from a gateway that does not answer as it should, so that callers know at once and the gateway can recover.
//
//   closed       every call is let through. Of the last calls (50, none older than 10 s, at least 20) half failed, or half were
//                slow: open. A gateway that is nearly always late shows in the slow ones long before it shows in the failures.
//                Few slots yield few calls, and the quick ones of before outnumber them for long. So while callers are turned away,
//                because all slots and all places to wait are taken, the calls of the last 1.2 s (two time-outs) are enough if there
//                are three: a gateway that is well has made many in that time, however few slots it has.
//   open         nothing is let through for 5 s, give or take a tenth, so that not everybody comes back at once; then half open
//   half open    five calls are let through as probes, each under a lease. Half of them bad: open. All answered: closed.
//                A probe whose lease runs out counts as bad, so one that was killed wedges nothing.
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
    /// Answered, but it took more than half of its time.
    case slow
    case failed
    /// Failed because its time was up, so it was slow as well.
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
  /// When a caller was turned away last for want of a slot; nil where none was since the state began.
  package internal(set) var lastShed: Timestamp?
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
    state: State, since: Timestamp, reopening: Timestamp, probes: Probes, nextLease: Int, outcomes: [Outcome] = [], leases: [Lease] = [],
    lastShed: Timestamp? = nil
  ) {
    (self.state, self.since, self.reopening, self.nextLease) = (state, since, reopening, nextLease)
    (issued, good, bad) = (probes.issued, probes.good, probes.bad)
    (self.outcomes, self.leases, self.lastShed) = (outcomes, leases, lastShed)
  }
}

/// How a breaker judges.
package struct BreakerSettings: Hashable, Sendable {
  /// Calls that are looked back at.
  package var window = 50
  /// Microseconds after which a call no longer counts.
  package var maximumAge: Int64 = 10_000_000
  /// Calls without which nothing is judged.
  package var minimum = 20
  /// Microseconds that are looked back at while callers are turned away, and the calls without which nothing is judged then.
  package var shedWindow: Int64 = 1_220_000
  package var pressedMinimum = 3
  /// Percent of failed calls at which it opens.
  package var failurePercent = 50
  /// Percent of slow calls at which it opens.
  package var slowPercent = 50
  /// Microseconds that it stays open, before the chance of a tenth more or less.
  package var openTime: Int64 = 5_000_000
  package var probes = 5
  /// Microseconds a probe has to report.
  package var leaseTime: Int64 = 2_000_000

  package init() {}
}

/// A change of state, with what led to it.
package struct BreakerTransition: Hashable, Sendable {
  package let from: CircuitBreaker.State
  package let to: CircuitBreaker.State
  package let time: Timestamp
  /// A phrase with figures: `31 of the last 50 calls failed, 12 were slow`.
  package let reason: String

  package init(from: CircuitBreaker.State, to: CircuitBreaker.State, time: Timestamp, reason: String) {
    (self.from, self.to, self.time, self.reason) = (from, to, time, reason)
  }
}
