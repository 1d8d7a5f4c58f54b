import Sending
import SharedKernel
import Testing

/// When a message that could not be paid for is tried again.
@Suite struct RetryScheduleTests {
  private let accepted = Timestamp(microseconds: 1_795_748_141_876_566)

  private func next(after seconds: Int64) -> Int64 {
    RetrySchedule.next(accepted: accepted, now: accepted.adding(.seconds(seconds))).seconds - accepted.seconds
  }

  /// Half of its age, never less than 30 seconds or more than an hour.
  @Test func theWaitsGrowWithTheAge() {
    var ages: [Int64] = [0]
    while let last = ages.last, last < 20_000 { ages.append(next(after: last)) }
    #expect(ages.prefix(7) == [0, 30, 60, 90, 135, 202, 303])
    #expect(ages[ages.count - 1] - ages[ages.count - 2] == 3600)
    #expect(zip(ages, ages.dropFirst()).allSatisfy { (30...3600).contains($1 - $0) })
  }

  /// Breaks when the next try depends on when the last one was: its mark could not be found.
  @Test func theTimesFollowFromTheAcceptanceAlone() {
    for seconds: Int64 in [0, 30, 135, 7000, 100_000, 100_001, 86_400 * 30] {
      let time = next(after: seconds)
      for between in [seconds, (seconds + time) / 2, time - 1] { #expect(next(after: between) == time) }
      #expect(next(after: time) > time)
    }
  }

  /// Clocks that are far apart end no command.
  @Test func anAcceptanceOfAnotherAge() {
    let end = Timestamp(seconds: 253_402_300_799)
    #expect(
      RetrySchedule.next(accepted: Timestamp(seconds: -62_167_219_200), now: end.adding(.seconds(-10_000))) > end.adding(.seconds(-10_000)))
    #expect(RetrySchedule.next(accepted: end.adding(.seconds(-60)), now: accepted) == end.adding(.seconds(-30)))
  }
}
