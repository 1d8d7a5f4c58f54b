// Whether there is room for a message. No mailbox is listed for a send: what a mailbox holds is counted once and kept in
// `order/NAME,usage`, for all together in `order/,usage`, and each delivery adds to it.
//
//   step                                                      a crash after it leaves
//   lock order/NAME (DeliveryOrder), then order/,usage        nothing: the locks go with the process
//     where the spool has a limit
//   read the counts; add the message and compare              nothing
//   write the counts                                          a count that is too high by one
//   rename the message into new/                              -
//   unlock
//
// So a count is never less than what msgspool delivered, and two senders never share the last place. It may be more: readers delete, and
// report it to no one. So no message is refused by a count alone: where it says "full" the folders are listed again, unless they are as
// they were when they were counted. Mail by other programs is in the next count; a count that is an hour old, and folders that have
// changed, are counted anew. Nothing is synced: a count that a power cut took back is corrected within that hour.

internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

struct QuotaCheck {
  private static let suffix = ",usage"
  /// How long a count is believed that says there is room.
  private static let lifetime = Duration.hours(1)
  /// As in `DeliveryOrder`.
  private static let patience = Duration.seconds(2)

  let root: SpoolRoot
  let quota: Quota

  /// Why a message of `size` bytes does not fit, as far as the counts tell without a lock; nil where it fits.
  func refusal(for mailbox: Name, size: Int, now: Timestamp) throws(SystemError) -> Failure? {
    let folder = try root.ensureCacheFolder(.order)
    if quota.mailbox.isSet {
      let count = try MailboxCount(of: mailbox, in: root)
      if !count.isEmpty {
        var usage = try stored(mailbox.text, in: folder)
        if try needsCount(usage, quota.mailbox, count, size, now) {
          usage = try counted(mailbox, count, in: folder, now: now, isLocked: false)
        }
        if let excess = usage.flatMap({ quota.mailbox.excess($0, adding: Int64(size)) }) { return Quota.mailboxIsFull(mailbox, excess) }
      }
    }
    guard quota.spool.isSet else { return nil }
    var usage = try stored("", in: folder)
    if isOld(usage, now) || usage.flatMap({ quota.spool.excess($0, adding: Int64(size)) }) != nil {
      usage = try countedAll(in: folder, now: now)
    }
    return usage.flatMap { quota.spool.excess($0, adding: Int64(size)) }.map(Quota.spoolIsFull)
  }

  /// Calls `body` when there is room for one more message in a mailbox, whose lock is held, or in any case where one `mustDeliver`.
  func deliver<Value>(
    to mailbox: Name, size: Int, now: Timestamp, mustDeliver: Bool, _ body: () throws(SystemError) -> Value
  ) throws(SystemError) -> Result<Value, Failure> {
    let folder = try root.ensureCacheFolder(.order)
    let size = Int64(size)
    if quota.mailbox.isSet {
      let count = try MailboxCount(of: mailbox, in: root)
      var usage = try stored(mailbox.text, in: folder) ?? Usage(counted: Timestamp(seconds: 0))
      if try needsCount(usage, quota.mailbox, count, Int(size), now) {
        usage = try counted(mailbox, count, in: folder, now: now, isLocked: true)
      }
      if !mustDeliver, let excess = quota.mailbox.excess(usage, adding: size) { return .failure(Quota.mailboxIsFull(mailbox, excess)) }
      usage.add(size)
      try usage.write(root.openOrCreate(mailbox.text + QuotaCheck.suffix, in: folder))
    }
    guard quota.spool.isSet else { return .success(try body()) }
    let file = try root.openOrCreate(QuotaCheck.suffix, in: folder)
    // As for the order of deliveries, a stopped process does not hold up what is paid.
    _ = try file.lock(.exclusive, wait: .until(.after(QuotaCheck.patience)))
    var usage = try Usage.read(file) ?? Usage(counted: Timestamp(seconds: 0))
    if isOld(usage, now) || quota.spool.excess(usage, adding: size) != nil { usage = try countedAll(in: folder, now: now) }
    if !mustDeliver, let excess = quota.spool.excess(usage, adding: size) {
      try usage.write(file)
      return .failure(Quota.spoolIsFull(excess))
    }
    usage.add(size)
    try usage.write(file)
    return .success(try body())
  }

  private func stored(_ name: String, in folder: Directory) throws(SystemError) -> Usage? {
    let file: FileDescriptor
    do throws(SystemError) { file = try folder.open(name + QuotaCheck.suffix, .read) } catch {
      if error.code == .noEntry { return nil }
      throw error
    }
    return try Usage.read(file)
  }

  private func isOld(_ usage: Usage?, _ now: Timestamp) -> Bool {
    guard let usage else { return true }
    return usage.counted > now || now.since(usage.counted) > QuotaCheck.lifetime
  }

  /// Whether a mailbox has to be counted before it is said to have room, or none.
  private func needsCount(
    _ usage: Usage?, _ limit: Quota.Limit, _ count: MailboxCount, _ size: Int, _ now: Timestamp
  ) throws(SystemError) -> Bool {
    guard let usage else { return true }
    guard isOld(usage, now) || limit.excess(usage, adding: Int64(size)) != nil else { return false }
    if usage.stamp.isEmpty { return true }
    return try usage.stamp != count.stamp()
  }

  /// Counts a mailbox and keeps the count, unless a delivery is under way.
  private func counted(
    _ mailbox: Name, _ count: MailboxCount, in folder: Directory, now: Timestamp, isLocked: Bool
  ) throws(SystemError) -> Usage {
    if isLocked {
      let usage = try count.usage(now: now)
      try usage.write(root.openOrCreate(mailbox.text + QuotaCheck.suffix, in: folder))
      return usage
    }
    let lock = try root.openOrCreate(mailbox.text, in: folder)
    guard try lock.lock(.exclusive, wait: .never) else { return try count.usage(now: now) }
    let usage = try counted(mailbox, count, in: folder, now: now, isLocked: true)
    lock.unlockEarly()
    return usage
  }

  /// Adds up all mailboxes, counting those again that have changed since they were counted.
  private func countedAll(in folder: Directory, now: Timestamp) throws(SystemError) -> Usage {
    var all = Usage(counted: now)
    for mailbox in try MaildirMailbox.users(in: root) {
      let count = try MailboxCount(of: mailbox, in: root)
      let usage: Usage
      if let known = try stored(mailbox.text, in: folder), !known.stamp.isEmpty, try known.stamp == count.stamp() {
        usage = known
      } else {
        usage = try counted(mailbox, count, in: folder, now: now, isLocked: false)
      }
      all.messages = all.messages.saturatingSum(usage.messages)
      all.bytes = all.bytes.saturatingSum(usage.bytes)
    }
    return all
  }
}
