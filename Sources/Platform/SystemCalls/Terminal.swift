internal import CSystemShims

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

  /// The same in a zone of the time zone database, by its name. For programs of one thread.
  package static func offset(at seconds: Int64, in zone: String) -> Int64 { unsafe msg_utc_offset_in(":\(zone)", seconds) }

  /// Whether the time zone database of this machine has a zone of that name (tzfile(5)).
  package static func hasZone(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }), !name.contains(where: { $0 == ":" || $0 == "\0" }) else { return false }
    let path = "/usr/share/zoneinfo/\(name)"
    let raw = unsafe msg_openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0)
    if raw < 0 { return false }
    return (try? FileDescriptor(owning: raw, path: path).read(upTo: 4)) == Array("TZif".utf8)
  }

  /// What TZ says where that is neither a zone of the database, nor a file, nor a rule of POSIX (tzset(3)): the C library takes UTC then
  /// and says nothing. Nil where TZ is unset or known.
  package static var unknownZone: String? {
    guard let value = CurrentProcess.environment("TZ") else { return nil }
    let name = value.hasPrefix(":") ? String(value.dropFirst()) : value
    if name.isEmpty || name == "UTC" || name == "GMT" || hasZone(name) || isRule(name) { return nil }
    if name.hasPrefix("/"), let status = try? FileStatus.atPath(name), status.kind == .file { return nil }
    return value
  }

  /// Whether a text begins as a rule of POSIX does: a name of three letters or more, or anything in angle brackets, and an offset.
  private static func isRule(_ text: String) -> Bool {
    var rest = text[...]
    if rest.first == "<" {
      guard let end = rest.firstIndex(of: ">") else { return false }
      rest = rest[rest.index(after: end)...]
    } else {
      let name = rest.prefix { $0.isASCII && $0.isLetter }
      guard name.count >= 3 else { return false }
      rest = rest.dropFirst(name.count)
    }
    if rest.first == "+" || rest.first == "-" { rest = rest.dropFirst() }
    return rest.first?.isWholeNumber == true
  }

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
