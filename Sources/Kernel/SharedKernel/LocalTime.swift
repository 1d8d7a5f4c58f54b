/// A time zone as two functions, so that rules are tested without a zone of their own.
package struct LocalTime: Sendable {
  /// In force at an instant.
  package let offset: @Sendable (Timestamp) -> UTCOffset
  /// The instant of a civil time; nil where the zone has none.
  package let instant: @Sendable (CivilTime) -> Timestamp?

  /// What TZ says where that is no zone, and UTC stands for it; nil where the zone is known.
  package let unknownName: @Sendable () -> String?

  package init(
    offset: @escaping @Sendable (Timestamp) -> UTCOffset, instant: @escaping @Sendable (CivilTime) -> Timestamp?,
    unknownName: @escaping @Sendable () -> String? = { nil }
  ) {
    (self.offset, self.instant, self.unknownName) = (offset, instant, unknownName)
  }

  package static let utc = LocalTime(offset: { _ in .utc }, instant: { Timestamp(seconds: $0.secondsSinceEpoch) })

  /// The civil time a clock on the wall shows.
  package func civil(_ instant: Timestamp) -> CivilTime { CivilTime(instant, offset: offset(instant)) }

  /// The date a calendar on the wall shows: `2026-11-27`.
  package func day(_ instant: Timestamp) -> String {
    var bytes: [UInt8] = []
    civil(instant).appendDay(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Date and time of day to the minute: `2026-11-27 14:05`.
  package func minute(_ instant: Timestamp) -> String {
    var bytes: [UInt8] = []
    appendMinute(instant, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends what `minute` says.
  package func appendMinute(_ instant: Timestamp, to bytes: inout [UInt8]) {
    let civil = civil(instant)
    civil.appendDay(to: &bytes)
    bytes.append(" ", civil.hour, digits: 2)
    bytes.append(":", civil.minute, digits: 2)
  }
}
