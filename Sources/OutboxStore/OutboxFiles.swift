internal import DurableFiles
internal import MessageFormat
package import Sending
package import SharedKernel
package import SystemCalls

/// The outbox as files: `outbox/ID` is copy 1 of a message and carries its lock, `outbox/ID.k` are the further copies,
/// `voiding/ID` a message that will not be delivered, `failed/ID` one that is over, with `failed/ID.reason`.
///
/// Copy 1 is named first, exclusively, which claims the id; the others follow under the same lock, then one fsync of
/// `outbox/` makes all names durable. Nothing is charged before that, so copies that are missing from an unpaid message
/// show that it never got that far.
package final class OutboxFiles: Outbox {
  private let root: Directory
  private let directoryMode: UInt32
  private let fileMode: UInt32
  private let deadline: Deadline
  /// `outbox/`, which the adapters that take copies out of it share.
  package let directory: Directory

  /// `deadline` bounds every wait for another process.
  package init(root: Directory, directoryMode: UInt32, fileMode: UInt32, deadline: Deadline) throws(SystemError) {
    (self.root, self.directoryMode, self.fileMode, self.deadline) = (root, directoryMode, fileMode, deadline)
    directory = try root.ensureDirectory("outbox", mode: directoryMode)
  }

  package func accept(_ copies: [OutgoingCopy]) throws(Failure) -> (any OutboxEntry)? {
    do {
      let temporary = try root.ensureDirectory("tmp", mode: directoryMode)
      var files: [TemporaryFile] = []
      for copy in copies {
        let name = "\(OutboxFiles.name(copy.envelope.id, copy.envelope.copy)).\(hexadecimal(try randomBytes(8)))"
        let file = try TemporaryFile(in: temporary, name: name, mode: fileMode)
        if files.isEmpty, try !file.descriptor.lock(.exclusive, wait: .never) {
          throw Failure(.internalError, "\(file.descriptor.path): a new file was locked by somebody else")
        }
        try file.write(copy.content)
        files.append(file)
      }
      do throws(SystemError) {
        for (copy, file) in zip(copies, files) {
          let name = OutboxFiles.name(copy.envelope.id, copy.envelope.copy)
          // Only copy 1 can meet another message; a copy of an old one in the way belongs to nobody by now.
          if copy.envelope.copy == 1 {
            try file.rename(in: directory, exclusively: name)
          } else {
            try file.rename(in: directory, replacing: name)
          }
        }
      } catch {
        if error.code == .exists { return nil }
        throw error
      }
      try directory.sync()
      let remaining = copies.map { copy in
        OutboxCopy(
          name: OutboxFiles.name(copy.envelope.id, copy.envelope.copy), recipient: copy.envelope.recipient, size: copy.content.count)
      }
      return entry(files[0], copies[0].envelope, remaining)
    } catch { throw OutboxFiles.failure(error) }
  }

  package func entry(_ id: MessageID, at place: OutboxPlace, wait: Bool) throws(Failure) -> LockAttempt {
    do {
      guard let folder = try folder(place) else { return .absent }
      while true {
        let file: FileDescriptor
        do throws(SystemError) { file = try folder.open(id.description, .readWrite) } catch {
          if error.code == .noEntry { return .absent }
          throw error
        }
        guard try file.lock(.exclusive, wait: wait ? .until(deadline) : .never) else {
          if !wait { return .busy }
          throw Failure(.temporary, "message \(id): another process is still sending it", remedy: "try again")
        }
        // The one who had the lock may have moved the file on meanwhile.
        let status = try file.status()
        guard try folder.status(of: id.description)?.identity == status.identity else { continue }
        guard status.kind == .file, let bytes = try file.readToEnd(limit: 1 << 30, expecting: status.size),
          let envelope = Envelope(HeaderFields(of: bytes)), envelope.id == id, envelope.copy == 1
        else { return .damaged }
        let remaining = place == .outbox ? try remainingCopies(of: envelope, leaderSize: status.size) : []
        return .locked(entry(file, envelope, remaining))
      }
    } catch { throw OutboxFiles.failure(error) }
  }

  package func messages(at place: OutboxPlace, limit: Int) throws(Failure) -> [MessageID] {
    do {
      guard let folder = try folder(place) else { return [] }
      var ids: [MessageID] = []
      for entry in try folder.list(limit: limit).entries where !entry.name.hasPrefix(".") {
        if let id = MessageID(entry.name), id.description == entry.name, entry.kind == .file || entry.kind == nil {
          ids.append(id)
        } else if try isStray(entry.name, in: folder) {
          if try !fileWithItsLeader(entry.name, in: folder) { try setAside(entry.name, in: folder, place: place) }
        }
      }
      return ids
    } catch { throw OutboxFiles.failure(error) }
  }

  package func setAside(_ id: MessageID, at place: OutboxPlace) throws(Failure) {
    do {
      guard let folder = try folder(place) else { return }
      try setAside(id.description, in: folder, place: place)
    } catch { throw OutboxFiles.failure(error) }
  }
}

extension OutboxFiles {
  static func name(_ id: MessageID, _ copy: Int) -> String { copy == 1 ? id.description : "\(id).\(copy)" }

  private func entry(_ file: TemporaryFile, _ envelope: Envelope, _ remaining: [OutboxCopy]) -> any OutboxEntry {
    LockedMessage(holder: .written(file), envelope: envelope, remaining: remaining.reversed(), root: root, outbox: directory, modes: modes)
  }

  private func entry(_ file: consuming FileDescriptor, _ envelope: Envelope, _ remaining: [OutboxCopy]) -> any OutboxEntry {
    LockedMessage(
      holder: .opened(OpenFile(file)), envelope: envelope, remaining: remaining.reversed(), root: root, outbox: directory, modes: modes)
  }

  private var modes: LockedMessage.Modes { LockedMessage.Modes(directory: directoryMode, file: fileMode) }

  private func folder(_ place: OutboxPlace) throws(SystemError) -> Directory? {
    switch place {
    case .outbox: directory
    case .voiding: try root.directoryIfPresent("voiding")
    }
  }

  private func remainingCopies(of envelope: Envelope, leaderSize: Int) throws(SystemError) -> [OutboxCopy] {
    var copies = [OutboxCopy(name: envelope.id.description, recipient: envelope.recipients[0], size: leaderSize)]
    for (index, recipient) in envelope.recipients.enumerated().dropFirst() {
      let name = OutboxFiles.name(envelope.id, index + 1)
      if let status = try directory.status(of: name) { copies.append(OutboxCopy(name: name, recipient: recipient, size: status.size)) }
    }
    return copies
  }

  /// Whether a name that is no message's belongs to nobody. A further copy belongs to its copy 1.
  private func isStray(_ name: String, in folder: Directory) throws(SystemError) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let id = MessageID(parts[0]), let copy = Int(parts[1]), name == OutboxFiles.name(id, copy) else { return true }
    if try folder.status(of: id.description) != nil { return false }
    if try root.directoryIfPresent("voiding")?.status(of: id.description) != nil { return false }
    return try folder.status(of: name) != nil
  }

  /// Puts a further copy that a crash kept from following its voided copy 1 into `failed/`; false where it is none.
  private func fileWithItsLeader(_ name: String, in folder: Directory) throws(SystemError) -> Bool {
    guard let id = name.split(separator: ".").first.flatMap({ MessageID($0) }) else { return false }
    for place in ["voiding", "failed"] {
      guard try root.directoryIfPresent(place)?.status(of: id.description) != nil else { continue }
      let failed = try root.ensureDirectory("failed", mode: directoryMode)
      do throws(SystemError) { try folder.rename(name, to: failed, replacing: name) } catch {
        // Somebody else was quicker.
        if error.code != .noEntry { throw error }
      }
      return true
    }
    return false
  }

  private func setAside(_ name: String, in folder: Directory, place: OutboxPlace) throws(SystemError) {
    let bad = try root.ensureDirectory("bad", mode: directoryMode)
    let mark = hexadecimal(try randomBytes(4))
    do throws(SystemError) {
      try folder.rename(name, to: bad, exclusively: "\(place).\(mark).\(name.suffix(180))")
    } catch {
      // Somebody else was quicker.
      if error.code != .noEntry { throw error }
    }
  }

  static func failure(_ error: any Error) -> Failure {
    switch error {
    case let failure as Failure: failure
    case let error as SystemError: Failure(storage: error)
    default: Failure(.internalError, "outbox: \(error)")
    }
  }
}
