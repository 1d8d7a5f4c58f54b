package import SharedKernel
internal import SystemCalls

/// The time zone of the person at the command line, as two functions, so that rules are tested without a zone of their own.
package struct LocalTime: Sendable {
  /// Seconds east of UTC in force at an instant.
  package let offset: @Sendable (Timestamp) -> Int64
  /// The instant of a civil time; nil where the zone has none.
  package let instant: @Sendable (CivilTime) -> Timestamp?

  package init(offset: @escaping @Sendable (Timestamp) -> Int64, instant: @escaping @Sendable (CivilTime) -> Timestamp?) {
    (self.offset, self.instant) = (offset, instant)
  }

  /// The zone of TZ, else of /etc/localtime.
  package static let system = LocalTime(
    offset: { TimeZoneRules.offset(at: $0.seconds) },
    instant: { civil in
      TimeZoneRules.instant(
        year: civil.year, month: civil.month, day: civil.day, hour: civil.hour, minute: civil.minute, second: civil.second
      ).map { Timestamp(seconds: $0) }
    })

  /// The civil time a clock on the wall shows.
  package func civil(_ instant: Timestamp) -> CivilTime { CivilTime(instant, offset: offset(instant)) }
}
