internal import DurableFiles
internal import MessageFormat
internal import Sending
internal import SharedKernel
internal import SystemCalls

/// A message whose lock this process holds, as long as this object lives.
final class LockedMessage: OutboxEntry {
  /// What keeps the lock: the file it was written to, or the one it was found in.
  enum Holder {
    case written(TemporaryFile)
    case opened(OpenFile)
  }

  struct Modes {
    let directory: UInt32
    let file: UInt32
  }

  let envelope: Envelope
  let remaining: [OutboxCopy]
  private let holder: Holder
  private let root: Directory
  private let outbox: Directory
  private let modes: Modes

  init(holder: Holder, envelope: Envelope, remaining: [OutboxCopy], root: Directory, outbox: Directory, modes: Modes) {
    (self.holder, self.envelope, self.remaining) = (holder, envelope, remaining)
    (self.root, self.outbox, self.modes) = (root, outbox, modes)
  }

  private var name: String { envelope.id.description }

  func withdraw() throws(Failure) {
    do throws(SystemError) {
      // Copy 1 goes last: as long as it stands somebody will finish this.
      for copy in remaining { try outbox.remove(copy.name) }
    } catch { throw Failure(storage: error) }
  }

  func moveToVoiding(reason: String) throws(Failure) {
    do throws(SystemError) {
      let voiding = try root.ensureDirectory("voiding", mode: modes.directory)
      try outbox.rename(name, to: voiding, exclusively: name)
      try voiding.sync()
      try outbox.sync()
      // They are kept beside copy 1: what was announced of them is known as void by where they are.
      let failed = try root.ensureDirectory("failed", mode: modes.directory)
      for copy in remaining where copy.name != name { try outbox.rename(copy.name, to: failed, replacing: copy.name) }
    } catch { throw Failure(storage: error) }
    // The reason is for people; the decision above does not depend on it.
    _ = try? writeReason(reason)
  }

  private func writeReason(_ reason: String) throws {
    let failed = try root.ensureDirectory("failed", mode: modes.directory)
    let file = try failed.open("\(name).reason", .create, mode: modes.file)
    try file.truncate(to: 0)
    try file.write(all: Array("\(reason)\n".utf8))
  }

  func fileAsFailed() throws(Failure) {
    do throws(SystemError) {
      let failed = try root.ensureDirectory("failed", mode: modes.directory)
      guard let voiding = try root.directoryIfPresent("voiding") else { return }
      try voiding.rename(name, to: failed, replacing: name)
    } catch { throw Failure(storage: error) }
  }
}

/// Keeps a descriptor open, and with it its lock, as long as the object lives.
final class OpenFile {
  private let descriptor: FileDescriptor
  init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }
}
