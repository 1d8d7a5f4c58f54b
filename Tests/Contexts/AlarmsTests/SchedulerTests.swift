import SharedKernel
import Testing

@testable import Alarms

@Suite struct SchedulerTests {
  private func scheduler(_ cursor: Int = 0, running: Int = 4, rate: Int = 10) -> Scheduler {
    Scheduler(cursor: cursor, policy: plainPolicy, limits: SchedulerLimits(running: running, startsPerSecond: rate))
  }

  /// Breaks when two alarms of one lane run at once or out of order, or one lane waits for another.
  @Test func aLaneIsServedInOrderAndAlone() throws {
    var scheduler = scheduler()
    scheduler.admit(1, [try delivery(1)])
    scheduler.admit(2, [try delivery(2), try delivery(2, hook: "mail")])
    scheduler.admit(3, [try delivery(3, to: "carol")])
    let first = scheduler.start(at: seconds(0))
    #expect(first.map(\.sequence) == [1, 2, 3])
    #expect(first.map(\.hook.text) == ["push", "mail", "push"])
    #expect(scheduler.finish(first[0], .done, at: seconds(0)) == .delivered)
    #expect(scheduler.start(at: seconds(0)).map(\.sequence) == [2])
  }

  /// Breaks when a retry holds up other lanes, lets the next of its own lane pass, or comes too early.
  @Test func aRetryBlocksOnlyItsLane() throws {
    var scheduler = scheduler()
    scheduler.admit(1, [try delivery(1)])
    scheduler.admit(2, [try delivery(2)])
    scheduler.admit(3, [try delivery(3, to: "carol")])
    let started = scheduler.start(at: seconds(0))
    #expect(scheduler.finish(started[0], .retry(after: nil), at: seconds(0)) == .retrying(at: seconds(5)))
    #expect(scheduler.finish(started[1], .done, at: seconds(0)) == .delivered)
    #expect(scheduler.start(at: seconds(4)).isEmpty)
    #expect(scheduler.nextStart(after: seconds(4)) == seconds(5))
    let again = scheduler.start(at: seconds(5))
    #expect(again.map(\.sequence) == [1])
    #expect(again.first?.attempt == 2)
    #expect(again.first?.firstAttempt == seconds(0))
  }

  /// Breaks when the cursor passes an outcome that is not final, or stays behind one that is.
  @Test func theCursorIsTheHighestSequenceWithNothingOpenBelow() throws {
    var scheduler = scheduler(10)
    #expect(scheduler.cursor == 10)
    scheduler.admit(11, [try delivery(11), try delivery(11, hook: "mail")])
    scheduler.admit(12, [try delivery(12, to: "carol")])
    scheduler.admit(13, [])
    let started = scheduler.start(at: seconds(0))
    #expect(started.count == 3)
    for delivery in started.dropFirst() { _ = scheduler.finish(delivery, .done, at: seconds(0)) }
    #expect(scheduler.cursor == 10)
    _ = scheduler.finish(started[0], .skipped, at: seconds(0))
    #expect(scheduler.cursor == 13)
    #expect(scheduler.openCount == 0)
  }

  /// Breaks when the cursor runs past an event that has not happened yet, which would then never be told.
  @Test func aHeldSequenceKeepsTheCursor() throws {
    var scheduler = scheduler()
    scheduler.hold(1)
    scheduler.admit(2, [try delivery(2)])
    _ = scheduler.finish(scheduler.start(at: seconds(0))[0], .done, at: seconds(0))
    #expect(scheduler.cursor == 0)
    scheduler.release(1, [try delivery(1)])
    #expect(scheduler.cursor == 0)
    _ = scheduler.finish(scheduler.start(at: seconds(0))[0], .done, at: seconds(0))
    #expect(scheduler.cursor == 2)
    scheduler.hold(3)
    scheduler.release(3, [])
    #expect(scheduler.cursor == 3)
  }

  /// Breaks when more than the slots run at once, or more than the rate are started in a second.
  @Test func limitsHold() throws {
    var scheduler = scheduler(running: 4, rate: 10)
    for sequence in 1...30 { scheduler.admit(sequence, [try delivery(sequence, to: "user\(sequence)")]) }
    var now = seconds(100)
    var started: [Timestamp] = []
    while started.count < 30 {
      let batch = scheduler.start(at: now)
      #expect(batch.count <= 4)
      #expect(scheduler.start(at: now).isEmpty)
      started += batch.map { _ in now }
      for delivery in batch { _ = scheduler.finish(delivery, .done, at: now) }
      guard let next = scheduler.nextStart(after: now) else { break }
      now = max(next, now)
    }
    #expect(started.count == 30)
    for (index, time) in started.enumerated().dropFirst(10) { #expect(time >= started[index - 10].adding(.seconds(1))) }
    #expect(now == seconds(102))
  }

  /// Breaks when a hook that always fails is hammered, or its pause stops other hooks.
  @Test func fiveFailuresInARowPauseTheHook() throws {
    var scheduler = scheduler(running: 64, rate: 1000)
    for sequence in 1...6 { scheduler.admit(sequence, [try delivery(sequence, to: "user\(sequence)")]) }
    let started = scheduler.start(at: seconds(0))
    for delivery in started.prefix(4) { _ = scheduler.finish(delivery, .dead, at: seconds(0)) }
    #expect(scheduler.health[try hook()]?.pausedUntil == nil)
    _ = scheduler.finish(started[4], .retry(after: .seconds(1)), at: seconds(0))
    #expect(scheduler.health[try hook()]?.pausedUntil == seconds(60))
    _ = scheduler.finish(started[5], .retry(after: .seconds(1)), at: seconds(0))
    scheduler.admit(7, [try delivery(7, hook: "mail")])
    #expect(scheduler.start(at: seconds(30)).map(\.hook.text) == ["mail"])
    #expect(scheduler.nextStart(after: seconds(30)) == seconds(60))
    let probe = scheduler.start(at: seconds(60))
    #expect(probe.map(\.sequence) == [5, 6])
    _ = scheduler.finish(probe[0], .done, at: seconds(60))
    #expect(scheduler.health[try hook()]?.failuresInARow == 0)
  }

  /// Breaks when status 78 loses the alarm or does not stop the hook.
  @Test func status78PausesTheHookAndKeepsTheAlarm() throws {
    var scheduler = scheduler()
    scheduler.admit(1, [try delivery(1)])
    scheduler.admit(2, [try delivery(2, to: "carol")])
    let started = scheduler.start(at: seconds(0))
    #expect(scheduler.finish(started[0], .pause, at: seconds(0)) == .retrying(at: seconds(60)))
    #expect(scheduler.finish(started[1], .retry(after: .seconds(1)), at: seconds(0)) == .retrying(at: seconds(1)))
    #expect(scheduler.start(at: seconds(59)).isEmpty)
    #expect(scheduler.start(at: seconds(60)).map(\.sequence) == [1, 2])
  }

  /// Breaks when a removed hook blocks the cursor for ever, or a refused one loses what waits for it.
  @Test func hooksComeAndGo() throws {
    var scheduler = scheduler()
    var catalogue = HookCatalogue()
    catalogue.runnable = [try hook(), try hook("mail")]
    #expect(scheduler.setHooks(catalogue).isEmpty)
    scheduler.admit(1, [try delivery(1), try delivery(1, hook: "mail")])
    catalogue.runnable = [try hook("mail")]
    catalogue.refused = [HookCatalogue.Refusal(name: "push", reason: "x")]
    #expect(scheduler.setHooks(catalogue).isEmpty)
    let started = scheduler.start(at: seconds(0))
    #expect(started.map(\.hook.text) == ["mail"])
    _ = scheduler.finish(started[0], .done, at: seconds(0))
    #expect(scheduler.cursor == 0)
    catalogue.refused = []
    #expect(scheduler.setHooks(catalogue).map(\.hook.text) == ["push"])
    #expect(scheduler.cursor == 1)
  }

  /// Breaks when a lane that was found ready runs although its receiver's quiet hours have begun meanwhile, or is forgotten then, or
  /// when new choices are not heeded before the time that the old ones told.
  @Test func aReadyLaneIsLookedAtWhenItsTurnComes() throws {
    let world = World()
    var scheduler = scheduler(running: 1)
    scheduler.admit(1, [try delivery(1)])
    scheduler.admit(2, [try calm(2, to: "carol")])
    let first = scheduler.start(at: seconds(1), world)
    #expect(first.map(\.sequence) == [1])
    _ = scheduler.nextStart(after: seconds(1), world)
    world.quiet[try name("carol")] = seconds(500)
    _ = scheduler.finish(first[0], .done, at: seconds(2))
    #expect(scheduler.start(at: seconds(2), world).isEmpty)
    #expect(scheduler.nextStart(after: seconds(2), world) == seconds(500))
    world.quiet = [:]
    #expect(scheduler.start(at: seconds(3), world).isEmpty)
    scheduler.reconsider()
    #expect(scheduler.start(at: seconds(3), world).map(\.sequence) == [2])
  }

  /// Breaks when what is found by looking at few lanes is not what looking at all of them would find: the oldest that may run.
  @Test func manyLanesAreServedInTheOrderOfTheFeed() throws {
    var scheduler = scheduler(running: 3, rate: 10_000)
    let names = (0..<40).map { "user\($0)" }
    // Mixed up, and the same in each run.
    for sequence in 1...400 { scheduler.admit(sequence, [try delivery(sequence, to: names[sequence * 29 % 37])]) }
    var running = scheduler.start(at: seconds(0))
    var told: [Int: [Int]] = [:]
    var highest = 0
    var count = 0
    while let done = running.first {
      running.removeFirst()
      told[done.sequence * 29 % 37, default: []].append(done.sequence)
      _ = scheduler.finish(done, .done, at: seconds(0))
      let started = scheduler.start(at: seconds(0))
      // Nothing older was left waiting but behind what runs in its own lane.
      for one in started {
        #expect(one.sequence > highest || running.contains { $0.lane == one.lane } || one.lane == done.lane)
        highest = max(highest, one.sequence)
      }
      running += started
      count += 1
    }
    #expect(count == 400 && scheduler.cursor == 400 && scheduler.openCount == 0)
    #expect(told.values.allSatisfy { $0 == $0.sorted() })
  }

  /// One that quiet hours hold.
  private func calm(_ sequence: Int, to receiver: String) throws -> Delivery {
    let event = try event(sequence, to: receiver, priority: .normal)
    return Delivery(alarm: Alarm(kind: .arrived, receiver: event.receiver, event: event), hook: try hook())
  }
}
