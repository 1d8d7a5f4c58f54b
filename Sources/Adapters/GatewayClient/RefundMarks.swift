// `pay/refunds/ID`: a refund that a gateway has to confirm. A refund is of a message that was delivered, so no message waits anywhere that
// would tell of it, and the book is too large to be searched by every later command.
//
//   state     what exists                                     a crash here leaves         what goes on, and how
//   marked    pay/refunds/ID, synced, locked by its maker     a mark of nothing           a later command: removes it
//   decided   the same, and REVQ ID in the book               a refund not confirmed      a later command: asks until it is
//   over      the same, and RFND ID in the book               a stale mark                a later command: removes it
//
// The lock is flock(2) on the mark, and the supervisor of a call that outlives its caller has it too: no two ask at the same time.

package import Gateways
package import SharedKernel
package import SpoolLayout
package import SystemCalls

package final class RefundMarks: PendingRefunds {
  private let root: SpoolRoot
  private let deadline: Deadline

  /// `deadline` bounds the wait for another process.
  package init(in spool: Spool, deadline: Deadline) {
    (root, self.deadline) = (spool.root, deadline)
  }

  /// A mark whose lock this process has for as long as it lives.
  package final class RefundMark: PendingRefund {
    package let id: MessageID
    private let file: FileDescriptor
    private let folder: Directory

    fileprivate init(_ id: MessageID, _ file: consuming FileDescriptor, in folder: Directory) {
      self.id = id
      self.file = file
      self.folder = folder
    }

    package func remove() throws(Failure) {
      do throws(SystemError) { try folder.remove("\(id)") } catch { throw Failure(storage: error) }
    }
  }

  package func begin(_ id: MessageID) throws(Failure) -> any PendingRefund {
    do throws(SystemError) {
      let folder = try root.ensureFolder(.refunds)
      while true {
        let file = try root.openOrCreate("\(id)", in: folder)
        guard try file.lock(.exclusive, wait: .until(deadline)) else { break }
        // Its previous holder may have removed it meanwhile.
        guard try folder.status(of: "\(id)")?.identity == file.status().identity else { continue }
        try folder.sync()
        return RefundMark(id, file, in: folder)
      }
    } catch { throw Failure(storage: error) }
    throw Failure(.temporary, "\(id): another process is giving it back", remedy: "try again")
  }

  package func takeOver(_ id: MessageID) throws(Failure) -> (any PendingRefund)? {
    do throws(SystemError) {
      guard let folder = try root.folderIfPresent(.refunds), try folder.status(of: "\(id)") != nil else { return nil }
      let file = try folder.open("\(id)", .read)
      guard try file.lock(.exclusive, wait: .never), try folder.status(of: "\(id)")?.identity == file.status().identity else { return nil }
      return RefundMark(id, file, in: folder)
    } catch {
      if error.code == .noEntry { return nil }
      throw Failure(storage: error)
    }
  }

  package func ids(limit: Int) throws(Failure) -> [MessageID] {
    do throws(SystemError) {
      guard let folder = try root.folderIfPresent(.refunds) else { return [] }
      return try folder.names(of: .file, limit: limit).compactMap { MessageID($0) }
    } catch { throw Failure(storage: error) }
  }
}
