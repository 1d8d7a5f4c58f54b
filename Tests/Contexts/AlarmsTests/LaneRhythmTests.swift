import SharedKernel
import Testing

@testable import Alarms

@Suite struct LaneRhythmTests {
  private func scheduler(backlogEnd: Int = 0, mayWait: Bool = true) -> Scheduler {
    Scheduler(
      cursor: 0, policy: plainPolicy, limits: SchedulerLimits(running: 64, startsPerSecond: 1000), digests: DigestPolicy(mayWait: mayWait),
      backlogEnd: backlogEnd)
  }

  /// A delivery of a message sent at `sent` that came when the clock showed `raised`.
  private func waiting(_ sequence: Int, sent: Int64 = 1000, raised: Int64, priority: Priority = .normal) throws -> Delivery {
    let event = Event(
      sequence: sequence, message: MessageID(hashing: "message \(sequence)"), sender: try name("alice"), receiver: try name("bob"),
      subject: "", at: seconds(sent), priority: priority)
    var delivery = Delivery(alarm: Alarm(kind: .arrived, receiver: event.receiver, event: event), hook: try hook())
    delivery.raised = seconds(raised)
    return delivery
  }

  /// What is started at a time: the sequences of singles, and of digests in one list each.
  private func turns(_ scheduler: inout Scheduler, at time: Int64) -> [[Int]] {
    var turns: [[Int]] = []
    while let turn = scheduler.next(at: seconds(time)) {
      let delivery: Delivery
      switch turn {
      case .single(let one): delivery = one
      case .digest(let several):
        delivery = Delivery(digesting: several)
        scheduler.fold(several, into: delivery)
      }
      turns.append(delivery.isDigest ? delivery.digested.map(\.event.sequence) : [delivery.sequence])
      _ = scheduler.finish(scheduler.begin(delivery, at: seconds(time)), .done, at: seconds(time))
    }
    return turns
  }

  /// Breaks when a storm is told one by one, or a digest comes before its minute, or what follows is forgotten.
  @Test func fiveSinglesThenADigestAMinute() throws {
    var scheduler = scheduler()
    for sequence in 1...8 { scheduler.admit(sequence, [try waiting(sequence, raised: 1000)]) }
    #expect(turns(&scheduler, at: 1000) == [[1], [2], [3], [4], [5]])
    #expect(turns(&scheduler, at: 1059).isEmpty)
    #expect(scheduler.nextStart(after: seconds(1059)) == seconds(1060))
    #expect(turns(&scheduler, at: 1060) == [[6, 7, 8]])
    for sequence in 9...10 { scheduler.admit(sequence, [try waiting(sequence, raised: 1061)]) }
    #expect(turns(&scheduler, at: 1061).isEmpty)
    #expect(turns(&scheduler, at: 1120) == [[9, 10]])
    #expect(scheduler.cursor == 10)
    // A calm lane tells singly again.
    scheduler.admit(11, [try waiting(11, raised: 1200)])
    scheduler.admit(12, [try waiting(12, raised: 1200)])
    #expect(turns(&scheduler, at: 1200) == [[11], [12]])
  }

  /// Breaks when one message a minute is delayed, or held for company.
  @Test func aSteadyTrickleIsToldAtOnce() throws {
    var scheduler = scheduler()
    for sequence in 1...20 {
      let time = 1000 + Int64(sequence) * 20
      scheduler.admit(sequence, [try waiting(sequence, raised: time)])
      #expect(turns(&scheduler, at: time) == [[sequence]])
    }
  }

  /// Breaks when an urgent message waits for a digest, or takes the others with it.
  @Test func urgentPassesADigest() throws {
    var scheduler = scheduler()
    for sequence in 1...7 { scheduler.admit(sequence, [try waiting(sequence, raised: 1000)]) }
    _ = turns(&scheduler, at: 1000)
    scheduler.admit(8, [try waiting(8, raised: 1001, priority: .urgent)])
    #expect(turns(&scheduler, at: 1001) == [[8]])
    #expect(turns(&scheduler, at: 1060) == [[6, 7]])
    #expect(scheduler.cursor == 8)
  }

  /// Breaks when a lane whose hook is slow tells an old queue one by one.
  @Test func whatHasWaitedAMinuteTogetherIsToldTogether() throws {
    var scheduler = scheduler()
    for sequence in 1...3 { scheduler.admit(sequence, [try waiting(sequence, raised: 1000)]) }
    guard case .single(let first) = scheduler.next(at: seconds(1000)) else { return #expect(Bool(false)) }
    _ = scheduler.finish(scheduler.begin(first, at: seconds(1000)), .done, at: seconds(1060))
    #expect(turns(&scheduler, at: 1060) == [[2, 3]])
  }

  /// After downtime: more than three waiting, or older than ten minutes.
  @Test(arguments: [
    (3, Int64(900), [[1], [2], [3]]), (4, 900, [[1, 2, 3, 4]]), (2, 401, [[1], [2]]), (2, 399, [[1, 2]]), (1, 0, [[1]]),
  ])
  func aBacklogIsToldAtOnce(count: Int, sent: Int64, told: [[Int]]) throws {
    var scheduler = scheduler(backlogEnd: count)
    for sequence in 1...count { scheduler.admit(sequence, [try waiting(sequence, sent: sent, raised: 1000)]) }
    #expect(turns(&scheduler, at: 1000) == told)
  }

  /// Breaks when `--once`, which cannot wait, leaves a storm for the next time.
  @Test func withoutTimeToWaitTheDigestComesAtOnce() throws {
    var scheduler = scheduler(mayWait: false)
    for sequence in 1...8 { scheduler.admit(sequence, [try waiting(sequence, raised: 999)]) }
    #expect(turns(&scheduler, at: 1000) == [[1], [2], [3], [4], [5], [6, 7, 8]])
  }

  /// Breaks when a retry becomes part of a digest, or lets anything pass.
  @Test func aRetryStaysByItself() throws {
    var scheduler = scheduler()
    for sequence in 1...3 { scheduler.admit(sequence, [try waiting(sequence, raised: 1000)]) }
    guard case .single(let first) = scheduler.next(at: seconds(1000)) else { return #expect(Bool(false)) }
    _ = scheduler.finish(scheduler.begin(first, at: seconds(1000)), .retry(after: .seconds(100)), at: seconds(1000))
    scheduler.admit(4, [try waiting(4, raised: 1001, priority: .urgent)])
    #expect(turns(&scheduler, at: 1099).isEmpty)
    #expect(turns(&scheduler, at: 1100) == [[1], [4], [2, 3]])
  }
}
