internal import CSystemShims
internal import Glibc

/// What a descriptor says of the terminal behind it.
package enum Terminal {
  package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Its height in rows, nil where it is no terminal or does not say.
  package static func rows(_ descriptor: Int32) -> Int? {
    let rows = Int(msg_terminal_rows(descriptor))
    return rows > 0 ? rows : nil
  }

  /// Its width in columns, nil where it is no terminal or does not say.
  package static func columns(_ descriptor: Int32) -> Int? {
    let columns = Int(msg_terminal_columns(descriptor))
    return columns > 0 ? columns : nil
  }
}

/// Local civil time by the zone in TZ or /etc/localtime.
package enum TimeZoneRules {
  /// Seconds east of UTC in force at an instant (seconds since the epoch).
  package static func offset(at seconds: Int64) -> Int64 { msg_utc_offset(seconds) }

  /// The instant of a local civil time; a time that daylight saving skips moves on by the jump. Nil where there is none.
  package static func instant(
    year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int
  ) -> Int64? {
    guard let year = Int32(exactly: year) else { return nil }
    var valid: Int32 = 0
    let seconds = unsafe msg_local_seconds(
      year, Int32(month), Int32(day), Int32(hour), Int32(minute), Int32(second), &valid)
    return valid == 1 ? seconds : nil
  }
}
