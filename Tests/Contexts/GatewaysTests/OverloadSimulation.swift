import TestSupport
import Gateways
import SharedKernel

/// What a payment provider does with a call: the microseconds until its answer, or nil for none. `load` counts the calls that it has
/// in hand, this one included; `time` is in microseconds since the beginning.
typealias Provider = @Sendable (_ load: Int, _ time: Int64, _ chance: inout SeededRandom) -> Int64?

/// Clients, each of them a process a message, at one provider, in virtual time. The rules are those of the tools: the breaker, the limit of
/// slots and the line of those who wait, which all processes share. Nothing here reads a clock or sleeps, and a seed is one course of
/// events.
struct OverloadSimulation {
  var seed: UInt64 = 1
  var clients = 100
  /// Microseconds that a client pauses at most between two messages; half as long on average.
  var pause: Int64 = 1_000_000
  var slots = 10
  var timeout: Int64 = 610_000
  /// `--timeout`.
  var budget: Int64 = 5_000_000
  /// Microseconds from the grant of a slot until the call begins: the message is written to the disk.
  var staging: Int64 = 6000
  /// Microseconds until the first who waits has seen that a slot is free.
  var handOver: Int64 = 2000
  var rule = LimitRule.trials
  /// The rule of an earlier version: half of the calls slower than half of the time-out open the breaker.
  var slownessOpens = false
  var provider: Provider

  init(_ provider: @escaping Provider) { self.provider = provider }

  /// Runs for so many seconds.
  func run(seconds: Int64) -> OverloadCourse {
    var run = Run(self)
    return run.course(until: seconds * 1_000_000)
  }
}

/// What happened, with times in microseconds since the beginning.
struct OverloadCourse {
  struct Answer {
    let begin: Int64
    let time: Int64
    let isSent: Bool
    /// Whether it was refused without having had a slot.
    let isRefused: Bool
  }

  fileprivate(set) var answers: [Answer] = []
  fileprivate(set) var timeOuts: [Int64] = []
  fileprivate(set) var transitions: [(time: Int64, to: CircuitBreaker.State)] = []
  fileprivate(set) var limits: [(time: Int64, limit: Int)] = []
  /// Those who got a slot after one who came later.
  fileprivate(set) var overtaken = 0

  func sent(_ from: Int64 = 0, _ to: Int64 = .max) -> Int { answers.count { $0.isSent && $0.time >= from && $0.time < to } }
  func all(_ from: Int64 = 0, _ to: Int64 = .max) -> Int { answers.count { $0.time >= from && $0.time < to } }
  func opened(after time: Int64) -> Int64? { transitions.first { $0.to == .open && $0.time >= time }.map { $0.time - time } }
  func closed(after time: Int64) -> Int64? { transitions.first { $0.to == .closed && $0.time >= time }.map { $0.time - time } }
  /// Of the refused, how many were told at once.
  func toldAtOnce(_ from: Int64 = 0) -> Double {
    let refused = answers.filter { $0.isRefused && $0.time >= from }
    return refused.isEmpty ? 1 : Double(refused.count { $0.time - $0.begin <= 50_000 }) / Double(refused.count)
  }
}

private struct Run {
  enum Event {
    case arrival(Int), begin(Int), answer(Int), timeOut(Int), giveUp(Int), voided(Int, lease: Int?, isLate: Bool), patience(Int), look
  }

  struct Call {
    let arrival: Int64
    let taken: Int64
    let lease: Int?
    let round: Int?
    let isCrowded: Bool
    var begin: Int64 = 0
    var isOver = false
    var isLate = false
  }

  private let world: OverloadSimulation
  private let settings: BreakerSettings
  private static let epoch = Timestamp(seconds: 1_763_800_000)
  private var chance: SeededRandom
  private var health = GatewayHealth(at: epoch)
  private var rival: (any RivalLimit)?
  private var queue = EventQueue<Event>()
  private var now: Int64 = 0
  private var arrivals: [Int: Int64] = [:]
  private var calls: [Int: Call] = [:]
  private var (taken, load) = (0, 0)
  private var course = OverloadCourse()

  init(_ world: OverloadSimulation) {
    (self.world, chance, rival) = (world, SeededRandom(seed: world.seed), world.rule.rival(slots: world.slots))
    var settings = BreakerSettings()
    settings.leaseTime = .microseconds(world.timeout + 1_000_000)
    self.settings = settings
  }

  private var time: Timestamp { Run.epoch.adding(.microseconds(now)) }
  private var limit: Int { rival?.limit ?? health.slots.limit }

  mutating func course(until end: Int64) -> OverloadCourse {
    for client in 0..<world.clients { queue.add(.arrival(client), at: chance.number(0..<max(1, world.pause))) }
    while let (time, event) = queue.next(), time < end {
      now = time
      health.advance(to: self.time, slots: world.slots)
      handle(event)
      serve()
      if course.limits.last?.limit != limit { course.limits.append((now, limit)) }
    }
    return course
  }

  private mutating func handle(_ event: Event) {
    switch event {
    case .arrival(let client):
      arrivals[client] = now
      arrive(client)
    case .begin(let client): begin(client)
    case .answer(let client): answer(client)
    case .timeOut(let client):
      guard let call = calls[client], !call.isOver else { return }
      calls[client]?.isLate = true
      course.timeOuts.append(now)
      report(client, .late)
    case .giveUp(let client):
      // The payment is called off, in the same slot; its charge goes on at the provider.
      guard let call = calls[client], call.isLate, !call.isOver else { return }
      calls[client]?.isOver = true
      let (admission, _, transitions) = health.admit(
        at: self.time, isCrowded: false, timeout: .microseconds(world.timeout), settings, chance: chance.fraction())
      note(transitions)
      guard case .allowed(let lease) = admission else { return end(client, isSent: false) }
      load += 1
      let time = world.provider(load, now, &chance)
      let isLate = time.map { $0 > world.timeout } ?? true
      queue.add(.voided(client, lease: lease, isLate: isLate), at: now + (isLate ? world.timeout : time ?? 0))
    case .voided(let client, let lease, let isLate):
      load -= 1
      let ended = EndedCall(isLate ? .late : .good, lease: lease, round: nil, elapsed: .zero, occupied: .microseconds(world.timeout))
      if isLate { course.timeOuts.append(now) }
      let transition = health.callEnded(ended, at: time, slots: world.slots, settings, chance: chance.fraction())
      note(transition.map { [$0] } ?? [])
      end(client, isSent: false)
    case .patience(let client):
      if let arrival = arrivals[client], health.line.ahead(of: client) != nil, now - arrival >= world.budget - world.timeout {
        refuse(client)
      }
    case .look:
      guard health.line.places.count > 0 else { return }
      for client in health.line.places {
        guard let ahead = health.line.ahead(of: client), let arrival = arrivals[client] else { continue }
        let left = world.budget - world.timeout - (now - arrival)
        if wait(ahead) / 2 > left { refuse(client) }
      }
      queue.add(.look, at: now + 250_000)
    }
  }

  private func wait(_ ahead: Int) -> Int64 {
    health.line.wait(
      ahead: ahead, limit: rival?.limit ?? health.slots.expected, at: time, unknown: .microseconds(world.timeout / 2)
    ).microseconds
  }

  private mutating func arrive(_ client: Int) {
    switch health.breaker.state {
    case .open where time < health.breaker.reopening: return refuse(client)
    case .halfOpen, .open: return taken < limit ? start(client, isCrowded: false) : refuse(client)
    default: break
    }
    if health.line.places.isEmpty, taken < limit {
      return start(client, isCrowded: taken + 1 >= (rival?.limit ?? health.slots.crowdedFrom))
    }
    guard wait(health.line.places.count) <= world.budget - world.timeout, health.line.places.count < WaitingLine.capacity else {
      return refuse(client)
    }
    if health.line.places.isEmpty { queue.add(.look, at: now + 250_000) }
    health.line.join(client)
    queue.add(.patience(client), at: now + world.budget - world.timeout)
  }

  private mutating func start(_ client: Int, isCrowded: Bool) {
    let (admission, round, transitions) = health.admit(
      at: time, isCrowded: isCrowded, timeout: .microseconds(world.timeout), settings, chance: chance.fraction())
    note(transitions)
    guard case .allowed(let lease) = admission else { return refuse(client) }
    taken += 1
    calls[client] = Call(arrival: arrivals[client] ?? now, taken: now, lease: lease, round: round, isCrowded: isCrowded)
    queue.add(.begin(client), at: now + world.staging)
  }

  private mutating func begin(_ client: Int) {
    calls[client]?.begin = now
    load += 1
    let time = world.provider(load, now, &chance)
    if let time { queue.add(.answer(client), at: now + time) }
    if time.map({ $0 > world.timeout }) ?? true {
      queue.add(.timeOut(client), at: now + world.timeout)
      queue.add(.giveUp(client), at: now + world.timeout * 5 / 4)
    }
  }

  private mutating func answer(_ client: Int) {
    load -= 1
    guard let call = calls[client], !call.isOver else { return }
    if !call.isLate { report(client, (now - call.begin) * 2 > world.timeout ? .slow : .good) }
    end(client, isSent: true)
  }

  private mutating func report(_ client: Int, _ verdict: CircuitBreaker.Verdict) {
    guard let call = calls[client] else { return }
    let elapsed = now - call.begin
    rival?.callEnded(at: now, elapsed: elapsed, isAnswered: verdict != .late, inFlight: taken, isCrowded: call.isCrowded)
    let heard = world.slownessOpens && verdict == .slow ? CircuitBreaker.Verdict.failed : verdict
    let ended = EndedCall(
      heard, lease: call.lease, round: call.round, elapsed: .microseconds(elapsed), occupied: .microseconds(now - call.taken))
    let transition = health.callEnded(ended, at: time, slots: world.slots, settings, chance: chance.fraction())
    note(transition.map { [$0] } ?? [])
  }

  private mutating func end(_ client: Int, isSent: Bool) {
    guard let call = calls.removeValue(forKey: client) else { return }
    taken -= 1
    answered(client, OverloadCourse.Answer(begin: call.arrival, time: now, isSent: isSent, isRefused: false))
  }

  private mutating func refuse(_ client: Int) {
    health.line.leave(client)
    answered(client, OverloadCourse.Answer(begin: arrivals[client] ?? now, time: now, isSent: false, isRefused: true))
  }

  private mutating func answered(_ client: Int, _ answer: OverloadCourse.Answer) {
    course.answers.append(answer)
    arrivals[client] = nil
    queue.add(.arrival(client), at: now + 1000 + chance.number(0..<max(1, world.pause)))
  }

  private mutating func serve() {
    while let first = health.line.places.first {
      if health.breaker.state != .closed {
        refuse(first)
      } else if taken < limit {
        health.line.leave(first)
        if health.line.places.contains(where: { (arrivals[$0] ?? 0) < (arrivals[first] ?? 0) }) { course.overtaken += 1 }
        now += world.handOver
        start(first, isCrowded: true)
        now -= world.handOver
      } else {
        return
      }
    }
  }

  private mutating func note(_ transitions: [BreakerTransition]) {
    course.transitions += transitions.map { (now, $0.to) }
  }
}

/// What is to happen, the earliest first, and in the order of `add` at the same time.
private struct EventQueue<Event> {
  private var heap: [(time: Int64, order: Int, event: Event)] = []
  private var count = 0

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    heap[left].time != heap[right].time ? heap[left].time < heap[right].time : heap[left].order < heap[right].order
  }

  mutating func add(_ event: Event, at time: Int64) {
    heap.append((time, count, event))
    count += 1
    var place = heap.count - 1
    while place > 0, isBefore(place, (place - 1) / 2) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func next() -> (Int64, Event)? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var place = 0
    while true {
      var least = place
      if 2 * place + 1 < heap.count, isBefore(2 * place + 1, least) { least = 2 * place + 1 }
      if 2 * place + 2 < heap.count, isBefore(2 * place + 2, least) { least = 2 * place + 2 }
      if least == place { break }
      heap.swapAt(place, least)
      place = least
    }
    return (first.time, first.event)
  }
}
