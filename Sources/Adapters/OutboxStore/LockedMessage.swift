internal import DurableFiles
internal import MessageFormat
internal import Sending
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// A message whose lock this process holds, as long as this object lives.
final class LockedMessage: OutboxEntry {
  /// What keeps the lock: the file it was written to, or the one it was found in.
  enum Holder {
    case written(TemporaryFile)
    case opened(OpenFile)
  }

  let envelope: Envelope
  private(set) var remaining: [OutboxCopy]
  private let holder: Holder
  private let root: SpoolRoot
  private let outbox: Directory
  /// Where copy 1 stands.
  private var place: OutboxPlace

  init(
    holder: Holder, envelope: Envelope, remaining: [OutboxCopy], place: OutboxPlace, root: SpoolRoot, outbox: Directory
  ) {
    (self.holder, self.envelope, self.remaining, self.place) = (holder, envelope, remaining, place)
    (self.root, self.outbox) = (root, outbox)
  }

  private var name: String { envelope.id.description }

  func withdraw() throws(Failure) {
    do throws(SystemError) {
      // Copy 1 goes last: as long as it stands somebody will finish this.
      for copy in remaining { try outbox.remove(copy.name) }
      // One that a power cut brings back is withdrawn again, unless it looks like a promise.
      if envelope.isQueued { try outbox.sync() }
    } catch { throw Failure(storage: error) }
  }

  func deferMessage(_ deferral: Deferral) throws(Failure) {
    do throws(SystemError) {
      try DueMarks(root: root).mark(envelope.id, deferral)
      let deferred = try root.ensureFolder(.deferred)
      // Copy 1 goes last: as long as it stands in the outbox somebody comes for it.
      for copy in remaining { try outbox.rename(copy.name, to: deferred, replacing: copy.name) }
      place = .deferred
    } catch { throw Failure(storage: error) }
  }

  func requeue() throws(Failure) -> Bool {
    do throws(SystemError) {
      let deferred = try root.folder(.deferred)
      do throws(SystemError) { try deferred.rename(name, to: outbox, exclusively: name) } catch {
        if error.code == .exists { return false }
        throw error
      }
      place = .outbox
      remaining = try OutboxFiles.gather(envelope, leaderSize: remaining.last?.size ?? 0, root: root, outbox: outbox)
      return true
    } catch { throw Failure(storage: error) }
  }

  func moveToVoiding(reason: String) throws(Failure) {
    do throws(SystemError) {
      let voiding = try root.ensureFolder(.voiding)
      let home = place == .deferred ? try root.folder(.deferred) : outbox
      try home.rename(name, to: voiding, exclusively: name)
      try voiding.sync()
      try home.sync()
      place = .voiding
    } catch { throw Failure(storage: error) }
    // The reason is for people; the decision above does not depend on it.
    _ = try? writeReason(reason)
  }

  private func writeReason(_ reason: String) throws {
    let failed = try root.ensureFolder(.failed)
    let file = try root.openOrCreate(SpoolFile.reason(of: envelope.id).name, in: failed)
    try file.truncate(to: 0)
    try file.write(all: Array("\(reason)\n".utf8))
  }

  func fileAsFailed() throws(Failure) {
    do throws(SystemError) {
      let failed = try root.ensureFolder(.failed)
      guard let voiding = try root.folderIfPresent(.voiding) else { return }
      // The further copies too: where they end tells a reader of the feed that they were never delivered.
      for home in [outbox, try root.folderIfPresent(.deferred)] {
        // Beside a copy 1 they are of a later send of the same id.
        guard let home, try home.status(of: name) == nil else { continue }
        for number in envelope.recipients.indices.dropFirst() {
          let copy = OutboxFiles.name(envelope.id, number + 1)
          do throws(SystemError) { try home.rename(copy, to: failed, replacing: copy) } catch {
            if error.code != .noEntry { throw error }
          }
        }
      }
      try voiding.rename(name, to: failed, replacing: name)
    } catch { throw Failure(storage: error) }
  }
}

/// Keeps a descriptor open, and with it its lock, as long as the object lives.
final class OpenFile {
  private let descriptor: FileDescriptor
  init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
}
