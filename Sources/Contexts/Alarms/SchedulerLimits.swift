/// How much may happen at once.
package struct SchedulerLimits: Hashable, Sendable {
  package let running: Int
  package let startsPerSecond: Int
  /// Runs of one hook for one receiver within a minute, of whatever priority.
  package let laneRunsPerMinute: Int
  package init(running: Int = 4, startsPerSecond: Int = 10, laneRunsPerMinute: Int = .max) {
    (self.running, self.startsPerSecond, self.laneRunsPerMinute) = (running, startsPerSecond, laneRunsPerMinute)
  }
}
