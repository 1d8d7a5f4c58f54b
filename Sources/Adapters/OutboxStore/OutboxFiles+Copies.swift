internal import SharedKernel
internal import MessageFormat
internal import Sending
internal import SpoolLayout
internal import SystemCalls

// The copies of a message that are still there.
extension OutboxFiles {
  func remaining(of envelope: Envelope, leaderSize: Int, at place: OutboxPlace) throws(SystemError) -> [OutboxCopy] {
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
}
