/// How much may happen at once.
package struct SchedulerLimits: Hashable, Sendable {
  package let running: Int
  package let startsPerSecond: Int
  package init(running: Int = 4, startsPerSecond: Int = 10) { (self.running, self.startsPerSecond) = (running, startsPerSecond) }
}
