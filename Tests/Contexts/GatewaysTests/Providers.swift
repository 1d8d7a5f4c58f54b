import TestSupport

/// The providers of the simulation.
enum Providers {
  /// 400 ± 220 ms whatever the load: the one of the siege.
  static let slow: Provider = { _, _, chance in chance.number(180_000..<620_001) }
  static let quick: Provider = { _, _, chance in chance.number(10_000..<40_001) }

  /// 100 ms with one call in hand, twice as much with each `calls` more, a quarter more or less.
  static func doubling(each calls: Int, from least: Double = 100_000) -> Provider {
    { load, _, chance in
      var time = least * (0.75 + chance.fraction() / 2)
      var rest = load - 1
      while rest >= calls { (time, rest) = (time * 2, rest - calls) }
      return Int64(time * (1 + Double(rest) / Double(calls)))
    }
  }

  /// `servers` calls beside each other, and a queue before them.
  static func servers(_ servers: Int, _ time: Double = 100_000) -> Provider {
    { load, _, chance in Int64(time * (0.75 + chance.fraction() / 2) * max(1, Double(load) / Double(servers))) }
  }

  /// Well, then without an answer from second to second, then well.
  static func hangs(_ provider: @escaping Provider, from begin: Int64, to end: Int64) -> Provider {
    { load, time, chance in time >= begin * 1_000_000 && time < end * 1_000_000 ? nil : provider(load, time, &chance) }
  }

  /// One kind for so many seconds, then the other.
  static func first(_ first: @escaping Provider, seconds: Int64, then second: @escaping Provider) -> Provider {
    { load, time, chance in (time < seconds * 1_000_000 ? first : second)(load, time, &chance) }
  }

  /// From one to the other every so many seconds.
  static func alternating(_ first: @escaping Provider, _ second: @escaping Provider, seconds: Int64 = 5) -> Provider {
    { load, time, chance in (time / (seconds * 1_000_000) % 2 == 0 ? first : second)(load, time, &chance) }
  }
}
