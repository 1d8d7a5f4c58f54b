internal import DurableFiles
internal import MessageFormat
package import Sending
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// The outbox as files: `outbox/ID` is copy 1 of a message and carries its lock, `outbox/ID.k` are the further copies,
/// `deferred/messages/` holds the same of messages that wait, `voiding/ID` is a message that will not be delivered, `failed/ID` one that is
/// over, with `failed/ID.reason`.
///
/// Copy 1 is named first, exclusively, which claims the id; the others follow under the same lock, then one fsync of
/// `outbox/` makes all names durable. Nothing is charged before that, so copies that are missing from an unpaid message
/// show that it never got that far.
package final class OutboxFiles: Outbox {
  let root: SpoolRoot
  private let deadline: Deadline
  /// `outbox/`, which the adapters that take copies out of it share.
  package let directory: Directory

  /// `deadline` bounds every wait for another process.
  package init(root: SpoolRoot, deadline: Deadline) throws(SystemError) {
    (self.root, self.deadline) = (root, deadline)
    directory = try root.ensureFolder(.outbox)
  }

  package func accept(_ sends: [[OutgoingCopy]]) -> [Result<(any OutboxEntry)?, Failure>] {
    // Where a send goes whose money is given back has to be there before its money is taken: a full disk takes no new folder.
    do throws(SystemError) { _ = try root.ensureFolder(.voiding) } catch {
      let failure = Failure(storage: error)
      return sends.map { _ in .failure(failure) }
    }
    // All are written before the first fsync: the disk then works on them together.
    var writes = sends.map { copies in Result { () throws(Failure) in try write(copies) } }
    writes = zip(writes, sends).map { written, copies in
      written.flatMap { files in
        Result { () throws(Failure) in
          do throws(SystemError) { for file in files { try file.descriptor.sync() } } catch { throw Failure(storage: error) }
          return try name(copies, files) ? files : []
        }
      }
    }
    do throws(SystemError) {
      if writes.contains(where: { if case .success(let files) = $0 { !files.isEmpty } else { false } }) { try directory.sync() }
    } catch {
      let failure = Failure(storage: error)
      return zip(writes, sends).map { written, copies in
        if case .success(let files) = written { unname(copies, files) }
        return .failure(failure)
      }
    }
    return zip(writes, sends).map { written, copies in written.map { files in files.isEmpty ? nil : entry(copies, files) } }
  }

  /// A send whose files are named.
  private func entry(_ copies: [OutgoingCopy], _ files: [TemporaryFile]) -> any OutboxEntry {
    let remaining = copies.reversed().map { copy in
      OutboxCopy(
        name: OutboxFiles.name(copy.envelope.id, copy.envelope.copy), recipient: copy.envelope.recipient, size: copy.content.count)
    }
    return entry(.written(files[0]), copies[0].envelope, remaining, at: .outbox)
  }

  /// Writes the copies of a send to files without a name that anybody reads; the first carries the lock.
  private func write(_ copies: [OutgoingCopy]) throws(Failure) -> [TemporaryFile] {
    do {
      let temporary = try root.ensureFolder(.temporary)
      var files: [TemporaryFile] = []
      for copy in copies {
        let file = try root.temporaryFile(OutboxFiles.name(copy.envelope.id, copy.envelope.copy), in: temporary)
        if files.isEmpty, try !file.descriptor.lock(.exclusive, wait: .never) {
          throw Failure(.internalError, "\(file.descriptor.path): a new file was locked by somebody else")
        }
        try file.descriptor.write(all: copy.content)
        files.append(file)
      }
      return files
    } catch { throw OutboxFiles.failure(error) }
  }

  /// Names the copies of a send, which claims its id; false when another message has it.
  private func name(_ copies: [OutgoingCopy], _ files: [TemporaryFile]) throws(Failure) -> Bool {
    var named = 0
    do throws(SystemError) {
      for (copy, file) in zip(copies, files) {
        let name = OutboxFiles.name(copy.envelope.id, copy.envelope.copy)
        // Only copy 1 can meet another message; a copy of an old one in the way belongs to nobody by now.
        if copy.envelope.copy == 1 {
          try file.rename(in: directory, exclusively: name)
        } else {
          try file.rename(in: directory, replacing: name)
        }
        named += 1
      }
      return true
    } catch {
      if error.code == .exists { return false }
      unname(Array(copies.prefix(named)), files)
      throw Failure(storage: error)
    }
  }

  /// Takes the names of a send back that may not be durable: its sender is told that it failed, so nobody may go on with it.
  private func unname(_ copies: [OutgoingCopy], _ files: [TemporaryFile]) {
    // Where neither the names nor the file can be changed any more, no other process can change them to go on with it.
    if !copies.isEmpty, !files.isEmpty { _ = try? entry(copies, files).withdraw() }
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
        // The previous holder of the lock may have moved the file meanwhile.
        let status = try file.status()
        guard try folder.status(of: id.description)?.identity == status.identity else { continue }
        guard status.kind == .file, let envelope = Envelope(try file.messageHeader(size: status.size)), envelope.id == id,
          envelope.copy == 1
        else { return .damaged }
        let isWithdrawn = status.mode & LockedMessage.withdrawnBit != 0
        return .locked(
          entry(
            .opened(LockHolder(file)), envelope, try remaining(of: envelope, leaderSize: status.size, at: place), at: place,
            isWithdrawn: isWithdrawn))
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

  package func isPresent(_ id: MessageID, at place: OutboxPlace) throws(Failure) -> Bool {
    do throws(SystemError) { return try folder(place)?.status(of: id.description) != nil } catch { throw Failure(storage: error) }
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

  private func entry(
    _ holder: LockedMessage.Holder, _ envelope: Envelope, _ remaining: [OutboxCopy], at place: OutboxPlace, isWithdrawn: Bool = false
  ) -> any OutboxEntry {
    LockedMessage(
      holder: holder, envelope: envelope, remaining: remaining, place: place, isWithdrawn: isWithdrawn, root: root, outbox: directory)
  }

  private func folder(_ place: OutboxPlace) throws(SystemError) -> Directory? {
    switch place {
    case .outbox: directory
    case .deferred: try root.folderIfPresent(.deferred)
    case .voiding: try root.folderIfPresent(.voiding)
    }
  }

  private func remaining(of envelope: Envelope, leaderSize: Int, at place: OutboxPlace) throws(SystemError) -> [OutboxCopy] {
    switch place {
    case .outbox where envelope.isQueued: try OutboxFiles.gather(envelope, leaderSize: leaderSize, root: root, outbox: directory)
    case .outbox: try OutboxFiles.copies(of: envelope, leaderSize: leaderSize, in: directory)
    case .deferred, .voiding: [OutboxCopy(name: envelope.id.description, recipient: envelope.recipients[0], size: leaderSize)]
    }
  }

  /// The copies of a message in the outbox; those that were left where it waited, or were on their way there, join it first. While
  /// a copy 1 stands there they are of another message: a second send of the same id, which will be withdrawn.
  static func gather(_ envelope: Envelope, leaderSize: Int, root: SpoolRoot, outbox: Directory) throws(SystemError) -> [OutboxCopy] {
    guard let deferred = try root.folderIfPresent(.deferred) else { return try copies(of: envelope, leaderSize: leaderSize, in: outbox) }
    if envelope.recipients.count > 1, try deferred.status(of: envelope.id.description) == nil {
      for number in 2...envelope.recipients.count {
        let name = OutboxFiles.name(envelope.id, number)
        do throws(SystemError) { try deferred.rename(name, to: outbox, replacing: name) } catch {
          if error.code != .noEntry { throw error }
        }
      }
    }
    // The process that moved it here may have died before its sync. Once it is delivered, a power cut must not bring it back to where it
    // waited.
    try outbox.sync()
    try deferred.sync()
    return try copies(of: envelope, leaderSize: leaderSize, in: outbox)
  }

  /// Copy 1 last.
  private static func copies(of envelope: Envelope, leaderSize: Int, in outbox: Directory) throws(SystemError) -> [OutboxCopy] {
    var copies: [OutboxCopy] = []
    for (index, recipient) in envelope.recipients.enumerated().dropFirst().reversed() {
      let name = OutboxFiles.name(envelope.id, index + 1)
      if let status = try outbox.status(of: name) { copies.append(OutboxCopy(name: name, recipient: recipient, size: status.size)) }
    }
    return copies + [OutboxCopy(name: envelope.id.description, recipient: envelope.recipients[0], size: leaderSize)]
  }

  static func failure(_ error: any Error) -> Failure {
    switch error {
    case let failure as Failure: failure
    case let error as SystemError: Failure(storage: error)
    default: Failure(.internalError, "outbox: \(error)")
    }
  }
}
