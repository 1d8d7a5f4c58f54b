import SharedKernel
import Testing

@testable import Alarms

@Suite struct AlarmDispatcherTests {
  /// Breaks when the order that invariant 6 hangs on is changed.
  @Test func markBeforeStartAndLineBeforeCursor() throws {
    let world = World()
    try world.follower(1)
    let dispatcher = try world.dispatcher()
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    try dispatcher.saveCursor()
    try world.end(dispatcher, .exited(1))
    try dispatcher.saveCursor()
    #expect(world.log == ["mark 1", "start 1", "cursor 0", "bury 1", "line dead 1", "cursor 1"])
    #expect(world.marked.isEmpty)
    #expect(dispatcher.deaths == 1)
    #expect(world.history.last?.error == "exit status 1: oops")
  }

  /// Breaks when alarms without any hook leave no trace, or leave it twice after a restart.
  @Test func withoutHooksTheHistoryTells() throws {
    let world = World()
    world.entries[1] = .happened(try event(1))
    let dispatcher = try world.dispatcher(hooks: [])
    _ = try dispatcher.readFeed()
    #expect(world.history.map(\.kind) == [.sent, .arrived])
    #expect(world.history.allSatisfy { $0.state == .delivered && $0.hook == nil })
    var memory = RecoveredState()
    memory.cursor = 0
    memory.hookless = [try event(1).alarms(isCreditLow: false)[0].id]
    world.history = []
    _ = try world.dispatcher(memory, hooks: []).readFeed()
    #expect(world.history.map(\.kind) == [.arrived])
  }

  /// Breaks when events that were pruned are passed over in silence, or reported again after a restart.
  @Test func aGapIsSaidOnce() throws {
    let world = World()
    try world.follower(1)
    try world.follower(9)
    let dispatcher = try world.dispatcher()
    _ = try dispatcher.readFeed()
    #expect(world.history.map(\.state) == [.gap])
    #expect(world.history.first?.sequence == 2)
    #expect(world.history.first?.until == 8)
    #expect(dispatcher.scheduler.admitted == 9)
    var memory = RecoveredState()
    memory.cursor = 1
    memory.voided = [2]
    world.history = []
    _ = try world.dispatcher(memory).readFeed()
    #expect(world.history.isEmpty)
  }

  /// Breaks when the very first start reports what was pruned before anybody listened.
  @Test func theFirstStartBeginsAtTheOldestEntry() throws {
    let world = World()
    try world.follower(1025)
    let dispatcher = try world.dispatcher()
    _ = try dispatcher.readFeed()
    #expect(world.history.isEmpty)
    #expect(dispatcher.scheduler.cursor == 1024)
  }

  /// Breaks when an event is told before it happened, keeps the others waiting for ever, or is forgotten.
  @Test func anEventInTheOutboxWaits() throws {
    let world = World()
    world.entries[1] = .pending
    try world.follower(2)
    let dispatcher = try world.dispatcher()
    _ = try dispatcher.readFeed()
    #expect(dispatcher.isExpectingSoon)
    #expect(dispatcher.scheduler.admitted == 0)
    world.time += 1001
    _ = try dispatcher.readFeed()
    #expect(dispatcher.scheduler.admitted == 2)
    try dispatcher.startHooks()
    #expect(world.started.map(\.sequence) == [2])
    try world.end(dispatcher, .exited(0))
    #expect(dispatcher.scheduler.cursor == 0)
    try world.follower(1)
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    #expect(world.started.map(\.sequence) == [1])
    try world.end(dispatcher, .exited(0))
    #expect(dispatcher.scheduler.cursor == 2)
  }

  /// Breaks when the daemon spins while the last event of the backlog is about to happen: no hook is started before.
  @Test func nothingIsToBeStartedWhileTheBacklogIsRead() throws {
    let world = World()
    try world.follower(1)
    world.entries[2] = .pending
    let dispatcher = try world.dispatcher()
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    #expect(world.started.isEmpty && dispatcher.isExpectingSoon && dispatcher.nextStart() == nil)
    try world.follower(2)
    _ = try dispatcher.readFeed()
    #expect(dispatcher.nextStart() == world.now())
  }

  /// Breaks when a void or damaged entry raises an alarm or stops the rest.
  @Test func voidAndDamagedEntriesAreNotedAndPassed() throws {
    let world = World()
    world.entries[1] = .void(try event(1))
    world.entries[2] = .damaged("not a message")
    try world.follower(3)
    let dispatcher = try world.dispatcher()
    _ = try dispatcher.readFeed()
    #expect(world.history.map(\.state) == [.void, .void])
    #expect(world.history.last?.error == "not a message")
    #expect(dispatcher.scheduler.openCount == 1)
  }

  /// Breaks when a restart repeats what is done, forgets what is not, or repeats a cut-off run unmarked.
  @Test func aRestartGoesOnWhereItStood() throws {
    let world = World()
    for sequence in 1...3 { try world.follower(sequence) }
    var memory = RecoveredState()
    memory.cursor = 0
    func remember(_ sequence: Int, _ change: (inout EarlierRuns) -> Void) throws {
      var runs = EarlierRuns()
      change(&runs)
      memory.runs[try event(sequence, copy: 2, of: 2).alarms(isCreditLow: false)[0].id] = [try hook(): runs]
    }
    try remember(1) { $0.isFinal = true }
    try remember(2) { ($0.attempts, $0.wasCutOff) = (1, true) }
    let dispatcher = try world.dispatcher(memory)
    _ = try dispatcher.readFeed()
    #expect(dispatcher.scheduler.cursor == 1)
    try dispatcher.startHooks()
    #expect(world.started.map(\.sequence) == [2])
    #expect(world.started.first?.isRedelivered == true)
    #expect(world.started.first?.attempt == 2)
    try world.end(dispatcher, .exited(0))
    #expect(world.history.last?.isRedelivered == true)
    try dispatcher.startHooks()
    #expect(world.started.map(\.isRedelivered) == [false])
  }

  /// Breaks when a refused hook's alarms vanish without a word, or an alarm begun with a hook that is gone stays open.
  @Test func refusedAndGoneHooksLeaveTraces() throws {
    let world = World()
    try world.follower(1)
    var memory = RecoveredState()
    memory.cursor = 0
    memory.runs[try event(1, copy: 2, of: 2).alarms(isCreditLow: false)[0].id] = [try hook("old"): EarlierRuns()]
    let dispatcher = try world.dispatcher(memory, hooks: [])
    var catalogue = HookCatalogue()
    catalogue.refused = [HookCatalogue.Refusal(name: "push", reason: "not executable")]
    try dispatcher.setHooks(catalogue)
    _ = try dispatcher.readFeed()
    #expect(world.history.map(\.state) == [.skipped, .dead])
    #expect(world.buried.map(\.hook.text) == ["old"])
    #expect(dispatcher.scheduler.cursor == 1)
  }

  /// Breaks when a feed that was removed and made anew is never read again.
  @Test func aNewFeedIsReadFromItsFront() throws {
    let world = World()
    try world.follower(1)
    var memory = RecoveredState()
    memory.cursor = 500
    let dispatcher = try world.dispatcher(memory)
    _ = try dispatcher.readFeed()
    #expect(dispatcher.scheduler.openCount == 0)
    #expect(try dispatcher.noticeNewFeed())
    _ = try dispatcher.readFeed()
    #expect(world.history.map(\.state) == [.gap])
    #expect(dispatcher.scheduler.openCount == 1)
  }
}
