// What is removed from a spool when it is old, how old, and by whom: `msg-send --flush`, `msg-alarmd --once`, and the daemon once an hour.
//
//   what                                            age
//   tmp/, pay/attempt/                              36 hours
//   order/NAME of a mailbox that is gone            36 hours
//   removed/ID.K                                    removed-days
//   failed/ID, failed/ID.reason                     failed-days, and not while an event in feed/ is a link to it
//   .Sent of each mailbox                           sent-days; not what is flagged, nor what another program put there
//
// One look removes at most `Spool.pruneBound` files of each kind: what is left over the next one finds. Nothing is synced: what a power cut
// brings back is removed again. The feed, the history and pay/events.log are kept within their limits by those that write them.

internal import DurableFiles
internal import MessageFormat
package import SharedKernel
internal import SystemCalls

extension Spool {
  /// The age at which a file in `tmp/` is abandoned (as Maildir readers count). An answer of a gateway that is that old and
  /// was not taken is asked for again.
  package static let strayAge = Duration.hours(36)

  /// How many files of a kind one look removes.
  static let pruneBound = 4096

  /// Removes what is over; see above.
  package func prune(now: Timestamp) throws(Failure) {
    let removed = try age(.removedDays)
    let failed = try age(.failedDays)
    let sent = try age(.sentDays)
    do throws(SystemError) {
      for folder in [SpoolFolder.temporary, .attempts] { try removeFiles(in: folder, olderThan: Spool.strayAge, now: now) }
      try removeOrderOfMissingMailboxes(now: now)
      if let removed {
        try removeFiles(in: .removed, olderThan: removed, now: now) { name, _ in MessageID(name.prefix { $0 != "." }) != nil }
      }
      if let failed { try removeFailed(olderThan: failed, now: now) }
      if let sent { try removeSent(before: now.subtracting(sent)) }
    } catch { throw Failure(storage: error) }
  }

  /// Nil for 0: without limit.
  private func age(_ setting: Setting) throws(Failure) -> Duration? {
    let days = try configuration.integer(setting, in: 0...36500)
    return days == 0 ? nil : .hours(24 * days)
  }

  private func removeFiles(
    in folder: SpoolFolder, olderThan age: Duration, now: Timestamp,
    where isOver: (String, FileStatus) throws(SystemError) -> Bool = { (_, _) throws(SystemError) in true }
  ) throws(SystemError) {
    guard let directory = try root.folderIfPresent(folder) else { return }
    let oldest = now.subtracting(age)
    var left = Spool.pruneBound
    for entry in try directory.list().entries where left > 0 {
      guard let status = try directory.status(of: entry.name), Timestamp(sinceEpoch: status.modified) < oldest,
        try isOver(entry.name, status)
      else { continue }
      switch status.kind {
      case .file: try directory.remove(entry.name)
      case .directory where entry.name.hasPrefix(SpoolRoot.maildirPrefix) || entry.name.hasPrefix(SpoolRoot.mountTestPrefix):
        try directory.removeTree(entry.name)
      case .directory, .symbolicLink, .other: continue
      }
      left -= 1
    }
  }

  /// A message whose event is still in the feed stays: it tells that the event is void. Then the reasons of those that are gone.
  private func removeFailed(olderThan age: Duration, now: Timestamp) throws(SystemError) {
    guard let failed = try root.folderIfPresent(.failed) else { return }
    func id(_ name: String) -> MessageID? { MessageID(name.prefix { !".~".contains($0) }) }
    func isReason(_ name: String) -> Bool { id(name).map { SpoolFile.reason(of: $0).name == name } ?? false }
    try removeFiles(in: .failed, olderThan: age, now: now) { name, status in
      id(name) != nil && !isReason(name) && status.linkCount == 1
    }
    try removeFiles(in: .failed, olderThan: age, now: now) { name, _ throws(SystemError) in
      guard let id = id(name), isReason(name) else { return false }
      return try failed.status(of: "\(id)") == nil
    }
  }

  private func removeOrderOfMissingMailboxes(now: Timestamp) throws(SystemError) {
    let mailboxes = try root.folderIfPresent(.mailboxes)
    try removeFiles(in: .order, olderThan: Spool.strayAge, now: now) { name, _ throws(SystemError) in
      guard Name(name) != nil else { return false }
      return try mailboxes?.status(of: name) == nil
    }
  }

  private func removeSent(before oldest: Timestamp) throws(SystemError) {
    var left = Spool.pruneBound
    for name in try root.folderIfPresent(.mailboxes)?.names(of: .directory) ?? [] {
      guard let user = Name(name), let sent = try root.folderIfPresent(.sent(by: user).part(.current)) else { continue }
      for file in try sent.names(of: .file) where left > 0 {
        let bytes = Array(file.utf8)
        guard MaildirName.messageID(in: file) != nil, let time = MaildirName.delivered(bytes.span), time < oldest else { continue }
        if let flags = MaildirName.startOfFlags(bytes.span), bytes[flags...].contains(UInt8(ascii: "F")) { continue }
        try sent.remove(file)
        left -= 1
      }
    }
  }
}
