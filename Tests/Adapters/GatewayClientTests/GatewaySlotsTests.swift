import SpoolLayout
import GatewayClient
import Gateways
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@Suite struct GatewaySlotsTests {
  private let gateway: GatewayFolder
  init() throws { gateway = try GatewayFolder() }

  private func soon(_ milliseconds: Int64 = 200) -> Deadline { .after(microseconds: milliseconds * 1000) }

  /// Breaks when more calls are allowed than there are slots, or a slot is not free again.
  @Test func slotsAreGivenBack() throws {
    let slots = try gateway.slots(1)
    var first: GatewaySlots.Slot? = try slots.take(of: 1, until: soon())
    #expect(throws: Failure.self) { try slots.take(of: 1, until: soon()) }
    #expect(first != nil)
    first = nil
    #expect(throws: Never.self) { try slots.take(of: 1, until: soon()) }
  }

  /// Breaks when waiting does not make one more slot, or more than the maximum.
  @Test func waitingMakesMore() throws {
    let slots = try gateway.slots(3)
    var taken: [GatewaySlots.Slot] = []
    for _ in 0..<3 { taken.append(try slots.take(of: try gateway.health(slots: 3).look().slots.limit, until: soon(2000))) }
    #expect(try gateway.health(slots: 3).look().slots.limit == 3)
    #expect(throws: Failure.self) { try slots.take(of: 3, until: soon()) }
    #expect(taken.count == 3)
  }

  /// Breaks when a process that is killed keeps its slot.
  @Test func aKilledHolderFreesItsSlot() throws {
    let slots = try gateway.slots(1)
    _ = try slots.take(of: 1, until: soon())
    let holder = try TestSupport.run("sh", ["-c", "flock -x '\(gateway.folder.file("pay/slots/bank.1"))' sh -c 'kill -9 $$'; true"])
    #expect(holder.status == 0, "\(holder)")
    #expect(throws: Never.self) { try slots.take(of: 1, until: soon()) }
  }

  /// Breaks when nobody is turned away at once although all places to wait are taken.
  @Test func beyondThePlacesToWaitOneIsToldAtOnce() throws {
    let slots = try gateway.slots(1)
    let slot = try slots.take(of: 1, until: soon())
    let place = try gateway.root().directory.open("pay/slots/bank.w1", .create)
    #expect(try place.lock(.exclusive, wait: .never))
    // With a deadline that far away a wait would be seen.
    let failure = #expect(throws: Failure.self) { try slots.take(of: 1, until: .after(microseconds: 600_000_000)) }
    #expect(failure?.kind == .temporary && failure?.message.contains("all 1 slots are taken") == true)
    withExtendedLifetime(slot) {}
  }

  /// All places to wait are taken. Breaks when a caller is turned away although there may be more slots and the gateway is well; or when
  /// one that is slow gets more calls for that.
  @Test(arguments: [CircuitBreaker.Verdict.good, .slow, .failed])
  func aBurstMakesMoreSlotsWhileTheGatewayIsWell(verdict: CircuitBreaker.Verdict) throws {
    let slots = try gateway.slots(2)
    let slot = try slots.take(of: 1, until: soon())
    var places: [Box] = []
    for number in 1...2 {
      let place = try gateway.root().directory.open("pay/slots/bank.w\(number)", .create)
      #expect(try place.lock(.exclusive, wait: .never))
      places.append(Box(place))
    }
    try gateway.health(slots: 2).update { health, now in
      _ = health.breaker.report(verdict, lease: nil, at: now, BreakerSettings(), chance: 0.5)
    }
    let second = Result { () throws(Failure) in try slots.take(of: 1, until: .after(microseconds: 600_000_000)) }
    if verdict == .good {
      #expect(throws: Never.self) { try second.get() }
      #expect(try gateway.health(slots: 2).look().slots.limit == 2)
    } else {
      #expect(throws: Failure.self) { try second.get() }
      #expect(try gateway.health(slots: 2).look().slots.limit == 1)
    }
    withExtendedLifetime((slot, places)) {}
  }

  private final class Box {
    let file: FileDescriptor
    init(_ file: consuming FileDescriptor) { self.file = file }
  }

  /// Breaks when one who waits for a slot is not asked whether that still makes sense, or waits on although it does not.
  @Test func waitingEndsWhenItMakesNoSense() throws {
    let slots = try gateway.slots(1)
    let slot = try slots.take(of: 1, until: soon())
    #expect(try slots.takeFree(of: 1) == nil)
    var asked = 0
    let failure = #expect(throws: Failure.self) {
      try slots.take(
        of: 1, until: .after(microseconds: 600_000_000),
        goesOn: { _ throws(Failure) in
          asked += 1
          if asked == 3 { throw Failure(.temporary, "enough") }
        })
    }
    #expect(failure?.message == "enough" && asked == 3)
    withExtendedLifetime(slot) {}
  }
}
