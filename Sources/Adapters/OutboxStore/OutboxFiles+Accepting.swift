internal import MessageFormat
internal import DurableFiles
package import Sending
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension OutboxFiles: OutboxAcceptance {
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

  /// Writes the copies of a send to files without a public name; the first carries the lock.
  private func write(_ copies: [OutgoingCopy]) throws(Failure) -> [TemporaryFile] {
    let temporary = try onSpool(root.ensureFolder(.temporary))
    var files: [TemporaryFile] = []
    for copy in copies {
      let file = try onSpool(root.temporaryFile(OutboxFiles.name(copy.envelope.id, copy.envelope.copy), in: temporary))
      if files.isEmpty, try onSpool(!file.descriptor.lock(.exclusive, wait: .never)) {
        throw Failure(.temporary, "\(file.descriptor.path): a new file cannot be locked", remedy: "nothing was charged; try again")
      }
      try onSpool(file.descriptor.write(all: copy.content))
      files.append(file)
    }
    return files
  }

  /// Names the copies of a send, which claims its id; false when another message has it.
  private func name(_ copies: [OutgoingCopy], _ files: [TemporaryFile]) throws(Failure) -> Bool {
    var named = 0
    do throws(SystemError) {
      for (copy, file) in zip(copies, files) {
        let name = OutboxFiles.name(copy.envelope.id, copy.envelope.copy)
        // Only copy 1 can meet another message; a copy of an old one in the way is a stray by now.
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

  /// Takes the names of a send back that may not be durable: its sender is told that it failed, so no later command may continue it.
  private func unname(_ copies: [OutgoingCopy], _ files: [TemporaryFile]) {
    // Where neither the names nor the file can be changed any more, no other process can change them to go on with it.
    if !copies.isEmpty, !files.isEmpty { _ = try? entry(copies, files).withdraw() }
  }
}
