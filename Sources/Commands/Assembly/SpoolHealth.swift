internal import Ledger
internal import GatewayClient
internal import LedgerStore
internal import Gateways
internal import MessageFormat
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// One look at a whole spool: what is in it, what waits, and what there is room for. It changes nothing, and is no moment of the spool:
/// what moves while it is taken may be counted twice or not at all.
package struct SpoolHealth {
  /// What a part of the spool takes.
  package struct Part: Hashable, Sendable {
    package let folder: SpoolFolder
    package internal(set) var files = 0
    /// A file with two names counts in the part that comes first.
    package internal(set) var bytes: Int64 = 0
    /// What was written in the last 24 hours: bytes of new files, of the ledger those of new records.
    package internal(set) var growth: Int64 = 0
    /// When the oldest file was written, in seconds; nil where there is none.
    package internal(set) var oldest: Timestamp?
  }

  /// Unread messages.
  package struct Unread: Sendable {
    package internal(set) var count = 0
    /// When the oldest was delivered, and to whom; nil for none.
    package internal(set) var oldest: (time: Timestamp, user: Name)?
  }

  /// When the book was verified, and how many faults were found.
  package struct Verification: Hashable, Sendable {
    package let time: Timestamp
    package let faults: Int
  }

  package struct Breaker: Hashable, Sendable {
    package let gateway: String
    package let state: String
    package let since: Timestamp
    package let isClosed: Bool
  }

  /// Less than this, and the spool will soon stop: bytes, and files that can still be made.
  private static let leastBytes: Int64 = 64 << 20
  private static let leastFiles: Int64 = 1000
  /// After that a message that waits to be paid or given back is worth a look.
  private static let longWait = Duration.seconds(86400)

  private static let growthSpan = Duration.seconds(86400)

  /// How long the ledger is waited for.
  private static let patience = Duration.seconds(5)

  private static let folders: [SpoolFolder] = [
    .outbox, .deferred, .voiding, .mailboxes, .failed, .bad, .feed, .ledger, .attempts, .history, .deadLetters, .views, .ledgerCache,
    .temporary,
  ]

  package let parts: [Part]
  package let unread: Unread
  /// Nil where the book was never verified.
  package let verification: Verification?
  package let breakers: [Breaker]
  /// Nil where the file system does not say.
  package let freeBytes: Int64?
  /// Nil where the file system has no limit.
  package let freeFiles: Int64?
  /// By account; empty where they were not asked for.
  package let balances: [Name: Balance]
  private let now: Timestamp

  package init(_ spool: Spool, now: Timestamp, withBalances: Bool) throws(Failure) {
    self.now = now
    var seen: Set<FileStatus.Identity> = []
    let yesterday = now.subtracting(SpoolHealth.growthSpan)
    let ledger = try ledgerFile(of: spool, purpose: .reading, deadline: .after(SpoolHealth.patience))
    var parts: [Part] = []
    for folder in SpoolHealth.folders {
      var part = Part(folder: folder)
      if let directory = try onSpool(spool.root.folderIfPresent(folder)) {
        try onSpool(SpoolHealth.add(directory, to: &part, &seen, since: yesterday))
      }
      // A segment grows: its file is as young as its last record.
      if folder == .ledger, part.growth > 0 { part.growth = try SpoolHealth.growth(of: ledger, since: yesterday) }
      parts.append(part)
    }
    self.parts = parts
    verification = try LastVerification(in: spool.root).map { Verification(time: $0.time, faults: $0.faults) }
    unread = try onSpool(SpoolHealth.unread(spool))
    breakers = try gatewayDefinitions(spool.configuration).map { definition throws(Failure) in
      let health = try gatewayHealth(of: spool, definition.name, slots: definition.slots) { _ in }.look()
      return Breaker(
        gateway: definition.name.text, state: health.breaker.state.rawValue, since: health.breaker.since,
        isClosed: health.breaker.state == .closed)
    }
    freeBytes = try onSpool(spool.root.directory.freeBytes())
    freeFiles = try onSpool(spool.root.directory.freeFiles())
    balances = withBalances ? try ledger.snapshot().balances() : [:]
  }

  private static func growth(of ledger: LedgerFile, since time: Timestamp) throws(Failure) -> Int64 {
    var records: Int64 = 0
    do throws(Failure) {
      try ledger.snapshot().forEachEntry(of: nil, newestFirst: true) { entry in
        if entry.time >= time { records += 1 }
        return entry.time >= time
      }
    } catch {
      // A faulty book is told by verifying it.
      if error.kind != .badData { throw error }
    }
    return records * LedgerFile.recordSize
  }

  private static func add(
    _ directory: Directory, to part: inout Part, _ seen: inout Set<FileStatus.Identity>, since yesterday: Timestamp
  ) throws(SystemError) {
    for entry in try directory.list().entries {
      // What is gone meanwhile has been moved.
      guard let status = try directory.status(of: entry.name) else { continue }
      if status.kind == .directory {
        if let inner = try directory.directoryIfAny(entry.name) { try add(inner, to: &part, &seen, since: yesterday) }
      } else if status.linkCount == 1 || seen.insert(status.identity).inserted {
        part.files += 1
        part.bytes += Int64(status.size)
        let time = Timestamp(sinceEpoch: status.modified)
        part.oldest = min(part.oldest ?? time, time)
        if time >= yesterday { part.growth += Int64(status.size) }
      }
    }
  }

  private static func unread(_ spool: Spool) throws(SystemError) -> Unread {
    var unread = Unread()
    guard let mailboxes = try spool.root.folderIfPresent(.mailboxes) else { return unread }
    for user in try mailboxes.names(of: .directory).compactMap({ Name($0) }) {
      for part in [MaildirPart.new, .current] {
        // What another program put there may be of another kind, or closed to us.
        let folder: Directory?
        do throws(SystemError) { folder = try mailboxes.directoryIfAny("\(user)/\(part.rawValue)") } catch {
          guard error.code == .accessDenied else { throw error }
          continue
        }
        for name in try folder?.names(of: .file) ?? [] {
          guard part == .new || !MaildirName.isSeen(name), let seconds = Int64(name.prefix { $0 != "." }) else { continue }
          unread.count += 1
          let time = Timestamp(seconds: seconds)
          if unread.oldest.map({ time < $0.time }) ?? true { unread.oldest = (time, user) }
        }
      }
    }
    return unread
  }

  /// What is not as it should be, in words.
  package var complaints: [String] {
    var complaints: [String] = []
    if let freeBytes, freeBytes < SpoolHealth.leastBytes { complaints.append("no more than \(freeBytes >> 20) MiB are free on the disk") }
    if let freeFiles, freeFiles < SpoolHealth.leastFiles { complaints.append("no more than \(freeFiles) files can be made on the disk") }
    for breaker in breakers where !breaker.isClosed { complaints.append("gateway \(breaker.gateway): circuit \(breaker.state)") }
    if let verification, verification.faults > 0 {
      complaints.append("the book had \(verification.faults) fault\(verification.faults == 1 ? "" : "s") when it was verified last")
    }
    for part in parts where [SpoolFolder.outbox, .voiding].contains(part.folder) {
      guard let oldest = part.oldest, oldest.adding(SpoolHealth.longWait) < now else { continue }
      complaints.append("\(part.folder): something has been there for more than a day: run 'msg-send --flush'")
    }
    if let bad = parts.first(where: { $0.folder == .bad }), bad.files > 0 {
      complaints.append("\(bad.folder): \(bad.files) damaged file\(bad.files == 1 ? " was" : "s were") set aside")
    }
    return complaints
  }
}
