package import SharedKernel
internal import SystemCalls

/// The wall clock of this machine.
package final class SystemClock: Clock {
  package init() {}
  package func now() -> Timestamp { Timestamp(sinceEpoch: wallClock()) }
}
