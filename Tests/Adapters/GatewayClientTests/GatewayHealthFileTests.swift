import SpoolLayout
import GatewayClient
import Gateways
import SharedKernel
import SystemCalls
import TestSupport
import Testing

/// The file that all callers of a gateway share.
@Suite struct GatewayHealthFileTests {
  private let gateway: GatewayFolder
  init() throws { gateway = try GatewayFolder() }

  private func fail(_ count: Int, _ file: GatewayHealthFile) throws {
    for _ in 0..<count {
      try file.update { health, now in
        _ = health.breaker.report(.failed, lease: nil, at: now, BreakerSettings(), chance: 0.5)
        health.retries.timedOut()
      }
    }
  }

  /// Breaks when anything of what is known is not read back as it was.
  @Test func whatIsKnownIsReadBack() throws {
    try fail(7, try gateway.health())
    try gateway.health().update { health, now in
      _ = health.breaker.set(.forcedOpen, at: now)
      _ = health.breaker.set(.closed, at: now)
    }
    try fail(20, try gateway.health())
    gateway.clock.move(milliseconds: 5500)
    let lease = try gateway.health().update { health, now in health.breaker.admit(at: now, BreakerSettings(), chance: 0.5).admission }
    #expect(lease == .allowed(lease: 1))
    let health = try gateway.health().look()
    #expect(health.breaker.state == .halfOpen && health.breaker.leases.count == 1 && health.breaker.nextLease == 2)
    #expect(health.retries.tokens == 0 && health.slots.limit == 10)
    #expect(try gateway.folder.read("pay/breaker/bank").utf8.count == 8192)
    #expect(gateway.announcements.all.isEmpty)
  }

  /// Breaks when what was measured, or who waits, is not read back as it was.
  @Test func limitAndLineAreReadBack() throws {
    var written: GatewayHealth?
    for number in 1...40 {
      try gateway.health().update { health, now in
        let (_, round, _) = health.admit(at: now, isCrowded: true, timeout: .milliseconds(610), BreakerSettings(), chance: 0.5)
        let call = EndedCall(.slow, lease: nil, round: round, elapsed: .microseconds(400_000 + number), occupied: .milliseconds(410))
        _ = health.callEnded(call, at: now, slots: 10, BreakerSettings(), chance: 0.5)
        if number % 4 == 0 { health.line.join(number) }
        if number == 8 { health.line.leave(4) }
        written = health
      }
      gateway.clock.move(milliseconds: 50)
    }
    let read = try gateway.health().look()
    #expect(read.slots == written?.slots && read.line == written?.line && read.breaker == written?.breaker)
    #expect(read.slots.round.number > 2 && read.slots.base.cost > .zero && read.line.places.count == 9)
  }

  /// The file of an earlier version. Breaks when an upgrade puts a gateway into service that a person took out of it, or says that
  /// anything is damaged.
  @Test func anEarlierFileKeepsItsBreaker() throws {
    let text = """
      msgspool-gateway 1
      updated 1763800000000000
      breaker forced-open since 1763799990000000 until 1763799990000000 issued 0 good 0 bad 0 next 6
      tokens 85
      slots 4 since 1763800000000000
      pressed 1763799999000000
      call late 1763799999000000

      """
    let sum = "crc \(String(CRC32C.checksum(Array(text.utf8)), radix: 16))\n"
    let blanks = String(repeating: " ", count: 4096 - text.utf8.count - sum.utf8.count - 1)
    try gateway.folder.write("pay/breaker/bank", text + sum + blanks + "\n")
    let health = try gateway.health().look()
    #expect(health.breaker.state == .forcedOpen && health.retries.tokens == 85 && health.slots.limit == 10)
    try fail(1, try gateway.health())
    #expect(try gateway.health().look().breaker.state == .forcedOpen && gateway.announcements.all.isEmpty)
    #expect(try gateway.folder.read("pay/breaker/bank").utf8.count == 8192)
  }

  /// A full window with the longest words has room. Breaks when a file says more than is read of it.
  @Test func aFullWindowFits() throws {
    var settings = BreakerSettings()
    (settings.window, settings.minimum) = (100, 100)
    settings.maximumAge = .days(100_000)
    let file = try gateway.health()
    for _ in 0..<99 {
      try file.update { health, now in _ = health.breaker.report(.failed, lease: nil, at: now, settings, chance: 0.5) }
    }
    try file.update { health, now in for number in 1...WaitingLine.capacity { health.line.join(number) } }
    let health = try file.look()
    #expect(health.breaker.outcomes.count == 99 && health.line.places.count == WaitingLine.capacity)
    #expect(try gateway.folder.read("pay/breaker/bank").utf8.count == 8192)
  }

  /// Breaks when a damaged file stops anybody, is believed, or is not mentioned exactly once.
  @Test(arguments: ["", "nonsense", "msgspool-gateway 3\n", "\u{0}\u{0}\u{0}"]) func aDamagedFileStartsAnew(content: String) throws {
    try fail(3, try gateway.health())
    try gateway.folder.write("pay/breaker/bank", content)
    #expect(try gateway.health().look().breaker.outcomes.isEmpty)
    try fail(1, try gateway.health())
    try fail(1, try gateway.health())
    #expect(try gateway.health().look().breaker.outcomes.count == 2)
    #expect(gateway.announcements.all.count == (content.isEmpty ? 0 : 1), "\(gateway.announcements.all)")
  }

  /// Breaks when one flipped bit in what counts is believed.
  @Test func everyFlippedBitIsFound() throws {
    try fail(2, try gateway.health())
    let whole = Array(try gateway.folder.read("pay/breaker/bank").utf8)
    let end = try #require(whole.lastIndex { $0 != 32 && $0 != 10 })
    let file = try gateway.root().directory.open("pay/breaker/bank", .readWrite)
    for index in 0..<end {
      var bytes = whole
      bytes[index] ^= 1
      try file.write(all: bytes, at: 0)
      let outcomes = try gateway.health().look().breaker.outcomes
      // A digit of the checksum's word itself may change nothing but the word.
      #expect(outcomes.isEmpty, "byte \(index)")
    }
  }

  /// A hundred callers at once, each with its own open file, as processes have. Breaks when one overwrites what another wrote.
  @Test func noUpdateIsLost() async throws {
    let gateway = gateway
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<100 {
        group.addTask {
          let file = try gateway.health()
          for _ in 0..<10 {
            _ = try file.update { health, now in health.breaker.nextLeaseForTest(at: now) }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try gateway.health().look().breaker.nextLease == 1001)
  }

  /// Breaks when a log grows for ever, or a line of it is lost in between.
  @Test func theEventLogIsBounded() throws {
    let log = GatewayEventLog(root: try gateway.root())
    let transition = BreakerTransition(
      from: .closed, to: .open, time: gateway.clock.now(), reason: String(repeating: "r", count: 8000))
    for _ in 0..<80 { try log.add(transition, of: gateway.name) }
    let sizes = try ["pay/events.log", "pay/events.log.1"].map { try gateway.folder.read($0).utf8.count }
    #expect(sizes.allSatisfy { (1...(300 << 10)).contains($0) })
    #expect(try gateway.folder.read("pay/events.log").hasPrefix("2025-11-22T08:26:40.000000Z bank closed open rrr"))
  }
}

extension CircuitBreaker {
  /// Counts one up: a probe that is let through and at once forgotten.
  fileprivate mutating func nextLeaseForTest(at now: Timestamp) {
    var settings = BreakerSettings()
    settings.probes = .max / 4
    if state == .closed { for _ in 0..<20 { _ = report(.late, lease: nil, at: now.adding(.seconds(-10)), settings, chance: 0.5) } }
    guard case .allowed(let lease) = admit(at: now, settings, chance: 0.5).admission else { return }
    giveBack(lease: lease)
  }
}
