import SystemCalls

/// What is right after a siege: everything accepted is delivered once, nothing else is, and the provider took the money for just that.
struct SiegeAudit: CustomStringConvertible {
  private var faults: [String] = []
  private let delivered: Int
  private let taken: Int
  private let seconds: Double

  var isRight: Bool { faults.isEmpty }

  /// Nanoseconds after which something has to have settled: a long queue at a single slot takes its time.
  private static let patience: Int64 = 60_000_000_000
  private static let waiting = ["spool/outbox", "spool/voiding", "spool/deferred/messages"]

  /// Lets ordinary flushes go on until nothing waits any more, and looks at both books.
  init(spool: ThrowAwaySpool, folder: Directory, crowd: SiegeCrowd) throws {
    let start = Deadline.now.nanoseconds
    var (least, progress) = (Int.max, start)
    while case let left = try SiegeAudit.waiting.reduce(0, { try $0 + SiegeAudit.names(in: $1, of: folder).count }), left > 0 {
      let now = Deadline.now.nanoseconds
      if left < least { (least, progress) = (left, now) }
      guard now - progress < SiegeAudit.patience else {
        faults.append("\(left) wait for ever")
        break
      }
      // What it says does not matter here; what counts is what is left.
      let flush = spool.command("msg-send", ["--quiet", "--flush", "--all", "--timeout", "20"], user: "clock")
      do { _ = try flush.run() } catch is BenchmarkFailure {}
    }
    seconds = Double(Deadline.now.nanoseconds - start) / 1e9

    var texts: [String: Int] = [:]
    for name in try SiegeAudit.names(in: "spool/mailboxes/bob/new", of: folder) {
      let message = String(decoding: try folder.contents(of: "spool/mailboxes/bob/new/\(name)") ?? [], as: UTF8.self)
      texts[String(message.split(separator: "\n").last ?? ""), default: 0] += 1
    }
    delivered = texts.values.reduce(0, +)
    let missing = crowd.accepted.subtracting(texts.keys).count
    let strange = crowd.refused.intersection(texts.keys).count
    if delivered > texts.count { faults.append("\(delivered - texts.count) delivered once too often") }
    if missing > 0 { faults.append("\(missing) accepted and not delivered") }
    if strange > 0 { faults.append("\(strange) delivered although the client was told no") }

    var sum = 0
    for name in try SiegeAudit.names(in: "keys", of: folder) {
      for line in String(decoding: try folder.contents(of: "keys/\(name)") ?? [], as: UTF8.self).split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count == 3, let amount = Int(words[1]) else { continue }
        sum += words[0] == "+" ? amount : words[0] == "-" ? -amount : 0
      }
    }
    taken = sum
    if taken != delivered { faults.append("the provider took \(taken) for \(delivered) messages") }
    do { _ = try spool.command("msg-pay", ["verify"], user: "clock").run() } catch let error as BenchmarkFailure {
      faults.append("\(error)")
    }
  }

  private static func names(in path: String, of folder: Directory) throws -> [String] {
    guard let found = try folder.directoryIfPresent(path) else { return [] }
    return try found.list().entries.map(\.name).filter { !$0.hasPrefix(".") }
  }

  var description: String {
    let books = isRight ? "the books agree" : "THE BOOKS DIFFER: \(faults.joined(separator: "; "))"
    return row("Settled", "\(decimal(seconds)) s after the last answer") + "\n"
      + row("Delivered and charged", "\(delivered) and \(taken), \(books)")
  }
}
