import JSONText
import SharedKernel
import Testing

@testable import Alarms

/// Digests, quiet hours, silences and fallbacks as the dispatcher puts them together.
@Suite struct DigestTests {
  private func world(_ count: Int) throws -> World {
    let world = World()
    world.time = 1_000_000
    for sequence in 1...count { try world.follower(sequence) }
    return world
  }

  private func states(_ world: World) -> [String] { world.history.map { "\($0.sequence) \($0.state)" } }

  /// Breaks when a backlog is not told at once, or its parts are not in the history before the hook starts.
  @Test func aBacklogBecomesOneCall() throws {
    let world = try world(5)
    world.readMessages = [try event(2).message]
    let dispatcher = try world.dispatcher(digests: DigestPolicy())
    try dispatcher.startHooks()
    #expect(world.started.isEmpty, "nothing starts before the backlog is read")
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    #expect(world.started.map(\.isDigest) == [true])
    #expect(states(world) == ["2 read", "1 digested", "3 digested", "4 digested", "5 digested"])
    #expect((world.log.firstIndex(of: "line digested 5") ?? .max) < (world.log.firstIndex(of: "mark 1") ?? 0))
    let input = try #require(world.calls.first?.input)
    #expect(input["kind"] == "digest" && input["count"] == 4 && input["from"] == "alice" && input["message"] == nil)
    #expect(input["items"]?.array?.compactMap { $0["seq"]?.integer } == [1, 3, 4, 5])
    #expect(world.calls.first?.environment.contains("MSG_ALARM_PREVIEW=4 messages: 4 from alice") == true)
    try dispatcher.saveCursor()
    #expect(world.cursors.last == 0)
    try world.end(dispatcher, .exited(0))
    try dispatcher.saveCursor()
    #expect(world.cursors.last == 5)
    #expect(world.history.last?.kind == .digest && world.history.last?.count == 4 && world.history.last?.until == 5)
  }

  /// Breaks when a killed daemon makes another digest of the same alarms, under another id or without its mark, or none.
  @Test(arguments: [false, true]) func aDigestIsMadeAgainAsItWas(wasStarted: Bool) throws {
    let world = try world(5)
    let dispatcher = try world.dispatcher(digests: DigestPolicy())
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    let first = try #require(world.started.first)
    var memory = world.recovered(cursor: 0)
    if wasStarted { memory.take(started: first.alarm.id, by: first.hook, attempt: 1) }
    world.started = []
    try world.follower(6)
    let second = try world.dispatcher(memory, digests: DigestPolicy())
    _ = try second.readFeed()
    try second.startHooks()
    let again = try #require(world.started.first)
    #expect(again.alarm.id == first.alarm.id && again.digested.map(\.event.sequence) == [1, 2, 3, 4, 5])
    #expect(again.isRedelivered == wasStarted && again.attempt == (wasStarted ? 2 : 1))
    try world.end(second, .exited(0))
    try second.saveCursor()
    #expect(world.cursors.last == 5)
    // And once its outcome is known nothing of it is told again.
    let third = try world.dispatcher(world.recovered(cursor: 0), digests: DigestPolicy())
    _ = try third.readFeed()
    try third.startHooks()
    #expect(world.started.map(\.sequence) == [6])
  }

  /// Breaks when quiet hours lose alarms, tell them one by one at their end, or keep urgent ones.
  @Test func quietHoursHoldAndThenDigest() throws {
    let world = World()
    world.time = 1_000_000
    world.quiet[try name("bob")] = seconds(5000)
    let dispatcher = try world.dispatcher(digests: DigestPolicy())
    _ = try dispatcher.readFeed()
    for sequence in 1...2 { try world.follower(sequence) }
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    #expect(world.started.isEmpty && states(world) == ["1 held", "2 held"])
    #expect(dispatcher.nextStart() == seconds(5000))
    // A restart in the night says nothing twice.
    let second = try world.dispatcher(world.recovered(cursor: 0), digests: DigestPolicy())
    _ = try second.readFeed()
    #expect(world.history.count == 2)
    world.time = 5_000_000
    try second.startHooks()
    #expect(world.started.map(\.digested.count) == [2])
  }

  /// Breaks when a silence is not kept to, has no end, or leaves no trace.
  @Test func aSilenceSilences() throws {
    let world = try world(1)
    let dispatcher = try world.dispatcher(hooks: ["mail", "push"], digests: DigestPolicy())
    let now = seconds(1000)
    dispatcher.silences = [
      Silence(id: 7, begin: now, end: seconds(2000), receiver: try name("bob"), sender: nil, hook: try hook("push"), comment: "moving")
    ]
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    #expect(world.started.map(\.hook.text) == ["mail"])
    #expect(world.history.map(\.state) == [.silenced] && world.history.first?.error == "silence 7: moving")
    world.time = 2_000_000
    try world.follower(2)
    _ = try dispatcher.readFeed()
    try world.end(dispatcher, .exited(0))
    try dispatcher.startHooks()
    #expect(world.started.map(\.hook.text).sorted() == ["mail", "push"])
  }

  /// Breaks when a fallback is asked at once, never, or not again after a restart.
  @Test func aFallbackIsAskedAboutWhatIsDead() throws {
    let world = try world(1)
    let dispatcher = try world.dispatcher(hooks: ["push", "sms"], fallbacks: ["sms": "push"], digests: DigestPolicy())
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    #expect(world.started.map(\.hook.text) == ["push"])
    try world.end(dispatcher, .exited(1))
    try dispatcher.saveCursor()
    #expect(world.cursors.last == 0)
    let second = try world.dispatcher(
      world.recovered(cursor: 0), hooks: ["push", "sms"], fallbacks: ["sms": "push"], digests: DigestPolicy())
    _ = try second.readFeed()
    for dispatcher in [dispatcher, second] {
      try dispatcher.startHooks()
      #expect(world.started.map(\.hook.text) == ["sms"])
      try world.end(dispatcher, .exited(0))
      try dispatcher.saveCursor()
      #expect(world.cursors.last == 1)
    }
  }

  /// Breaks when a receiver is told what it has chosen not to be told.
  @Test func choicesAreKeptTo() throws {
    let world = World()
    world.entries[1] = .happened(try event(1))
    world.choices[try name("alice")] = ReceiverChoices(parsing: "kinds = failed\n", isZone: { _ in true })
    world.choices[try name("bob")] = ReceiverChoices(parsing: "hooks = mail\n", isZone: { _ in true })
    let dispatcher = try world.dispatcher(hooks: ["mail", "push"])
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    #expect(world.started.map { "\($0.alarm.receiver) \($0.hook)" } == ["bob mail"])
    #expect(world.history.map(\.state) == [.skipped] && world.history.first?.kind == .sent)
  }

  /// Breaks when a queued message that was given up is not told, or told to its receiver.
  @Test func theSenderLearnsOfAFailure() throws {
    let world = World()
    world.entries[1] = .failed(try event(1), reason: "no credit for 3 days")
    world.texts[1] = Array("hello\n".utf8)
    let dispatcher = try world.dispatcher()
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    let call = try #require(world.calls.first)
    #expect(call.arguments.prefix(2) == ["failed", "alice"] && world.calls.count == 1)
    #expect(call.input["message"]?["text"]?.string == "Not delivered to bob: no credit for 3 days\n\nhello\n")
  }

  /// Breaks when hooks run whose outcome could not be written down.
  @Test func withoutRoomNothingStarts() throws {
    let world = try world(1)
    world.hasSpace = false
    let dispatcher = try world.dispatcher()
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    #expect(world.started.isEmpty && dispatcher.isOutOfRoom)
    world.hasSpace = true
    try dispatcher.startHooks()
    #expect(world.started.count == 1 && !dispatcher.isOutOfRoom)
  }

  /// Breaks when a digest is begun before the lines of all its parts are durable: after a crash another would be made, of other alarms.
  @Test(arguments: [3, 4, 4096, 4097, 10_000])
  func allPartsAreDurableBeforeADigest(count: Int) throws {
    let world = World()
    for sequence in 1...count { try world.follower(sequence) }
    world.time = 5_000_000
    let dispatcher = try world.dispatcher(digests: DigestPolicy())
    while try dispatcher.readFeed() {}
    try dispatcher.startHooks()
    #expect(world.started.map(\.digested.count) == [count] && world.isDurable)
    #expect(world.history.count == count && world.history.allSatisfy { $0.state == .digested })
  }
}
