import SharedKernel
import Testing

@testable import Alarms

/// What is put off: for the end of a silence, and until a message has been unread for long enough.
@Suite struct PostponementTests {
  /// Breaks when a silence destroys what the night held, or does not let it go at its end.
  @Test func whatWasHeldWaitsForTheEndOfASilence() throws {
    let world = World()
    for sequence in 1...2 { try world.follower(sequence) }
    world.quiet[try name("bob")] = seconds(5000)
    let dispatcher = try world.dispatcher(digests: DigestPolicy())
    _ = try dispatcher.readFeed()
    dispatcher.silences = [Silence(id: 7, begin: seconds(4900), end: seconds(6000), receiver: nil, sender: nil, hook: nil, comment: "")]
    world.time = 5_000_000
    try world.follower(3)
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    #expect(world.started.isEmpty && dispatcher.dueCount == 0 && dispatcher.nextStart() == seconds(6000))
    #expect(world.history.map(\.state) == [.held, .held, .silenced])
    #expect(dispatcher.summaries().values.map(\.held) == [2])
    world.time = 6_000_000
    try dispatcher.startHooks()
    #expect(world.started.map { $0.digested.map(\.event.sequence) } == [[1, 2]])
    try world.end(dispatcher, .exited(0))
    try dispatcher.saveCursor()
    #expect(world.cursors.last == 3)
  }

  /// Breaks when a silence destroys what was raised before it and waits for another try, or for the digest of its minute.
  @Test func whatWasRaisedBeforeASilenceIsToldAfterIt() throws {
    let world = World()
    world.time = 1_000_000
    try world.follower(1)
    let dispatcher = try world.dispatcher()
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    try world.end(dispatcher, .exited(75))
    world.time = 1_000_500
    try world.follower(2)
    _ = try dispatcher.readFeed()
    dispatcher.silences = [Silence(id: 7, begin: seconds(1001), end: seconds(6000), receiver: nil, sender: nil, hook: nil, comment: "")]
    world.time = 2_000_000
    try world.follower(3)
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    #expect(world.started.isEmpty && world.history.filter { $0.state == .silenced }.map(\.sequence) == [3])
    world.time = 6_000_000
    try dispatcher.startHooks()
    try world.end(dispatcher, .exited(0))
    try dispatcher.startHooks()
    try world.end(dispatcher, .exited(0))
    #expect(world.history.filter { $0.state == .delivered }.map(\.sequence) == [1, 2])
  }

  /// Breaks when an escalation waits behind that of another receiver who waits for longer.
  @Test func theShorterEscalationComesFirst() throws {
    let world = World()
    world.time = 1_000_000
    for (sequence, receiver, delay) in [(1, "alice", "1h"), (2, "bob", "2s"), (3, "carol", "10m"), (4, "dave", "2s")] {
      world.entries[sequence] = .happened(try event(sequence, to: receiver, copy: 2, of: 2, priority: .normal))
      world.choices[try name(receiver)] = ReceiverChoices(parsing: "escalate = unread \(delay): boss\n") { _ in true }
    }
    let dispatcher = try world.dispatcher()
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    try world.end(dispatcher, .exited(0))
    var told: [Int] = []
    for time in [1_002_000, 1_002_000, 1_600_000, 4_599_000, 4_600_000] as [Int64] {
      world.time = time
      try dispatcher.startHooks()
      told += world.started.map(\.sequence)
      try world.end(dispatcher, .exited(0))
    }
    #expect(told == [2, 4, 3, 1])
  }

  /// Breaks when a digest is muted because of one sender's part of it.
  @Test func aDigestIsCoveredAsAWhole() throws {
    let (first, second) = (try delivery(1), try delivery(2))
    let digest = Delivery(digesting: [first, second])
    func silence(from sender: String) throws -> Silence {
      Silence(
        id: 1, begin: seconds(0), end: seconds(9), receiver: nil, sender: try name(sender), hook: nil, coversUrgent: true, comment: "")
    }
    #expect(try silence(from: "alice").covers(digest, at: seconds(1)))
    #expect(try !silence(from: "carol").covers(digest, at: seconds(1)))
  }

  /// Breaks when a restart forgets an escalation, a message that was read is escalated, or one is told twice.
  @Test(arguments: [false, true]) func anUnreadMessageIsEscalatedOnce(isRead: Bool) throws {
    let world = World()
    try world.follower(1)
    world.choices[try name("bob")] = ReceiverChoices(parsing: "escalate = unread 1m: boss\n") { _ in true }
    let dispatcher = try world.dispatcher()
    _ = try dispatcher.readFeed()
    try dispatcher.startHooks()
    #expect(world.started.map(\.alarm.receiver.text) == ["bob"])
    try world.end(dispatcher, .exited(0))
    try dispatcher.saveCursor()
    #expect(world.cursors.last ?? 0 == 0 && dispatcher.nextStart() == seconds(1060) && dispatcher.dueCount == 0)
    #expect(dispatcher.summaries().values.map(\.unread) == [1] && dispatcher.summaries().values.map(\.waiting) == [0])
    if isRead { world.readMessages = [try event(1, copy: 2, of: 2).message] }
    let second = try world.dispatcher(world.recovered(cursor: 0))
    for (time, dispatcher) in [(1_059_000, second), (1_060_000, second)] as [(Int64, AlarmDispatcher)] {
      world.time = time
      _ = try dispatcher.readFeed()
      try dispatcher.startHooks()
      let expected: [String] = time < 1_060_000 || isRead ? [] : ["boss"]
      #expect(world.started.map(\.alarm.receiver.text) == expected)
      #expect(world.started.allSatisfy { $0.alarm.unreadBy?.text == "bob" && $0.alarm.kind == .arrived })
    }
    try world.end(second, .exited(0))
    try second.saveCursor()
    #expect(world.cursors.last == 1)
    #expect(world.history.map(\.state) == [.delivered, isRead ? .read : .delivered])
    #expect(world.history.last?.unreadBy?.text == "bob" && world.history.last?.receiver?.text == "boss")
    let third = try world.dispatcher(world.recovered(cursor: 0))
    _ = try third.readFeed()
    try third.startHooks()
    #expect(world.started.isEmpty)
  }

  @Test(arguments: [
    ("unread 10m: boss", 600), ("unread 1s: hook:sms", 1), ("unread  2h : boss", 7200), ("unread 7d: boss", 604_800),
    ("unread 8d: boss", nil),
    ("unread 0m: boss", nil), ("unread -1m: boss", nil), ("unread 10: boss", nil), ("unread 10m boss", nil), ("unread 10m: a/b", nil),
    ("unread 10m: hook:", nil), ("read 10m: boss", nil), ("", nil), ("unread 99999999999999999999m: boss", nil),
  ])
  func rules(text: String, delay: Int?) { #expect(Escalation(text)?.delay == delay.map { .seconds($0) }) }
}
