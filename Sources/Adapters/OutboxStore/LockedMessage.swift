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
    case opened(LockHolder)
  }

  /// The bit of copy 1's mode that says that the message is never delivered. It means nothing to the kernel, and setting it takes no room.
  static let withdrawnBit: UInt32 = 0o1000

  let envelope: Envelope
  private(set) var remaining: [OutboxCopy]
  private let holder: Holder
  private let root: SpoolRoot
  private let outbox: Directory
  /// Where copy 1 stands.
  private var place: OutboxPlace
  private(set) var isWithdrawn: Bool

  init(
    holder: Holder, envelope: Envelope, remaining: [OutboxCopy], place: OutboxPlace, isWithdrawn: Bool = false, root: SpoolRoot,
    outbox: Directory
  ) {
    self.isWithdrawn = isWithdrawn || place == .voiding
    (self.holder, self.envelope, self.remaining, self.place) = (holder, envelope, remaining, place)
    (self.root, self.outbox) = (root, outbox)
  }

  private var name: String { envelope.id.description }

  func withdraw() throws(Failure) {
    do throws(SystemError) {
      // Copy 1 goes last: as long as it exists a later command finishes this. One that has lost a copy was never accepted.
      for copy in remaining {
        try outbox.remove(copy.name)
        isWithdrawn = true
      }
      // One that a power cut brings back is withdrawn again, unless it looks like a promise.
      if envelope.isQueued { try outbox.sync() }
    } catch { try markWithdrawn(because: error) }
  }

  /// The last resort where a name can be neither removed nor moved: says on the file itself that it is never delivered. Where that fails
  /// too, the first error is the one to tell.
  private func markWithdrawn(because first: SystemError) throws(Failure) {
    do throws(SystemError) {
      switch holder {
      case .written(let file): try LockedMessage.mark(file.descriptor)
      case .opened(let file): try LockedMessage.mark(file.descriptor)
      }
    } catch { throw Failure(storage: first) }
    isWithdrawn = true
  }

  private static func mark(_ file: borrowing FileDescriptor) throws(SystemError) {
    try file.changeMode(to: file.status().mode | withdrawnBit)
    try file.sync()
  }

  func deferMessage(_ deferral: Deferral) throws(Failure) {
    do throws(SystemError) {
      try DueMarks(root: root).mark(envelope.id, deferral)
      let deferred = try root.ensureFolder(.deferred)
      // Copy 1 goes last: as long as it is in the outbox a later command finishes it.
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
      (place, isWithdrawn) = (.voiding, true)
      try voiding.sync()
      try home.sync()
    } catch { try markWithdrawn(because: error) }
    // The reason is for people; the decision above does not depend on it.
    _ = try? writeReason(reason)
  }

  private func writeReason(_ reason: String) throws(SystemError) {
    let failed = try root.ensureFolder(.failed)
    let file = try root.openOrCreate(SpoolFile.reason(of: envelope.id).name, in: failed)
    try file.truncate(to: 0)
    try file.write(all: Array("\(reason)\n".utf8))
  }

  func fileAsFailed() throws(Failure) {
    do throws(SystemError) {
      let failed = try root.ensureFolder(.failed)
      guard let current = try folder else { return }
      // The further copies too: where they end tells a reader of the feed that they were never delivered.
      for home in [outbox, try root.folderIfPresent(.deferred)] {
        // Beside another copy 1 they are of a later send of the same id.
        guard let home else { continue }
        if home.path != current.path, try home.status(of: name) != nil { continue }
        for number in envelope.recipients.indices.dropFirst() {
          let copy = OutboxFiles.name(envelope.id, number + 1)
          do throws(SystemError) { try home.fileAsFailed(copy, in: failed) } catch {
            if error.code != .noEntry { throw error }
          }
        }
      }
      try current.fileAsFailed(name, in: failed)
    } catch { throw Failure(storage: error) }
  }

  /// Where copy 1 stands; nil where that folder is missing.
  private var folder: Directory? {
    get throws(SystemError) {
      switch place {
      case .outbox: outbox
      case .deferred: try root.folderIfPresent(.deferred)
      case .voiding: try root.folderIfPresent(.voiding)
      }
    }
  }
}

/// Keeps a descriptor open, and with it its lock, as long as the object lives.
final class LockHolder {
  let descriptor: FileDescriptor
  init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
}
