import CommandLineTool
import Mailbox
import MailboxAssembly
import MaildirStore
import SharedKernel
import SpoolLayout
import FileWatching
import SystemCalls
import ViewStore

/// `--wait` and `--follow`: a mailbox that is looked at again whenever something may have come.
struct Waiting {
  private let tool: Tool
  private let spool: Spool
  private let user: Name
  private let watcher: FolderWatcher

  init(_ tool: Tool, _ spool: Spool, _ user: Name) {
    (self.tool, self.spool, self.user) = (tool, spool, user)
    watcher = FolderWatcher(spool: spool.root.directory)
  }

  private func watch() {
    watcher.watch(StoredMessage.Place.allCases.map { "\(spool.root.path)/\(SpoolFolder.mailbox(user).folder($0.rawValue))" })
  }

  /// Returns the mailbox once something unread fits the selection; nil when the time was up before.
  func untilUnread(_ selection: Selection, until deadline: Deadline?) throws(Failure) -> OpenMailbox? {
    var wanted = selection
    (wanted.onlyUnread, wanted.limit, wanted.offset) = (true, 1, 0)
    while true {
      watch()
      let mailbox = try OpenMailbox(of: user, in: spool)
      if mailbox.view.counts.unread > 0, try Reader(tool, mailbox).hasAny(wanted) { return mailbox }
      if let deadline, deadline.hasPassed { return nil }
      do throws(SystemError) { try watcher.wait(until: deadline) } catch { throw Failure(storage: error) }
    }
  }

  /// Prints each message that comes and fits, as it comes; ends after `limit` of them, else when it is told to.
  func follow(_ selection: Selection) throws(Failure) -> ExitStatus {
    var left = selection.limit ?? Int.max
    watch()
    var arrivals = try Arrivals(in: OpenMailbox(of: user, in: spool).store, now: Timestamp(sinceEpoch: wallClock()))
    while left > 0 {
      do throws(SystemError) { try watcher.wait(until: nil) } catch { throw Failure(storage: error) }
      watch()
      // The arrivals come first: what is known to have come must be in the mailbox that is opened for it.
      let new = try arrivals.next(now: Timestamp(sinceEpoch: wallClock()))
      if new.isEmpty { continue }
      let mailbox = try OpenMailbox(of: user, in: spool)
      let reader = try Reader(tool, mailbox)
      left -= try reader.show(arrived: new, selection, atMost: left)
    }
    return .done
  }
}
