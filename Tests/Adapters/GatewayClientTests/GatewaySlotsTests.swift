import GatewayClient
import Gateways
import SharedKernel
import SystemCalls
import TestSupport
import Testing

/// The slots, and the places of those who wait for one.
@Suite struct GatewaySlotsTests {
  private let gateway: GatewayFolder
  init() throws { gateway = try GatewayFolder() }

  private func free(_ limit: Int, highest: Int = 1) throws -> CallSlot? {
    try gateway.slots().free(of: limit, highest: highest, at: gateway.clock.now())
  }

  /// Breaks when more calls are allowed than there are slots, or a slot is not free again.
  @Test func slotsAreGivenBack() throws {
    var taken: [CallSlot] = []
    for number in 1...3 {
      let slot = try #require(try free(3))
      #expect(slot.number == number)
      taken.append(slot)
    }
    #expect(try free(3) == nil)
    taken.remove(at: 1).release()
    #expect(try #require(try free(3)).number == 2, "the lowest that is free")
    taken = []
    #expect(try free(1) != nil)
  }

  /// Breaks when calls that began under a higher limit do not count: a gateway that was too slow with so many would get more still.
  @Test func callsOfAHigherLimitCount() throws {
    var taken: [CallSlot] = []
    for _ in 1...4 { taken.append(try #require(try free(4))) }
    taken.removeFirst(2)
    #expect(try free(2, highest: 4) == nil, "3 and 4 are taken")
    taken.removeLast()
    let slot = try #require(try free(2, highest: 4))
    #expect(slot.number == 1)
    #expect(try free(2, highest: 4) == nil)
    #expect(try free(3, highest: 4) != nil)
  }

  /// Breaks when a process that is killed keeps its slot.
  @Test func aKilledHolderFreesItsSlot() throws {
    #expect(try free(1) != nil)
    let holder = try TestSupport.run("sh", ["-c", "flock -x '\(gateway.folder.file("pay/slots/bank.1"))' sh -c 'kill -9 $$'; true"])
    #expect(holder.status == 0, "\(holder)")
    #expect(try free(1) != nil)
  }

  /// Breaks when a call that hangs keeps its slot from others for longer than its time and a second, or one that has begun just now does
  /// not.
  @Test func aCallThatHangsTakesNoSlotAway() throws {
    let first = try #require(try free(1))
    gateway.clock.move(milliseconds: 1610)
    #expect(try free(1) == nil)
    gateway.clock.move(milliseconds: 1)
    let second = try #require(try free(1))
    #expect(second.number == 2)
    #expect(try free(1) == nil, "one more, not any number")
    try first.start(at: gateway.clock.now())
    second.release()
    #expect(try free(1) == nil, "it makes another call")
    gateway.clock.move(milliseconds: -86_400_000)
    #expect(try free(1) == nil)
  }

  /// Breaks when a place is given twice, or that of one who is there is taken for free.
  @Test func placesAreTakenOnce() throws {
    let places = try gateway.places()
    let first = try #require(try places.take(besides: []))
    let second = try #require(try gateway.places().take(besides: [3]))
    #expect(first.number == 1 && second.number == 2)
    #expect(try gateway.places().hold(1, until: .after(.milliseconds(20))) == nil)
    #expect(try #require(try gateway.places().hold(3, until: .after(.milliseconds(20)))).number == 3)
    #expect(try places.take(besides: Array(1...WaitingLine.capacity)) == nil)
    withExtendedLifetime((first, second)) {}
  }

  /// Breaks when one who waits is not woken by the one before.
  @Test func theOneBeforeWakes() async throws {
    let gateway = gateway
    var first: WaitingPlaces.HeldPlace? = try gateway.places().take(besides: [])
    let waiting = Task.detached { try gateway.places().hold(1, until: .after(.seconds(60)))?.number }
    #expect(first?.number == 1)
    first = nil
    #expect(try await waiting.value == 1)
  }
}
