// Removing a message for good: its text goes from the whole spool, and its sender still knows what was sent.
//
//   state      what exists                                             a crash here leaves         what the next removal does
//   locked     removed/lock, held                                      nothing                     nothing
//   noted      removed/ID.K.pending, the header alone, synced;         the message                 removes the note
//              the message in its mailbox
//   gone       the note; new/ and cur/ synced without the message      an event with the text      goes on
//   textless   the note; its event in feed/ is a link to it, synced;   the note                    goes on
//              the view and its changes without the words
//   removed    removed/ID.K, synced                                    -                           -
//
// One removal at a time: what is pending while the lock is held is of a process that died. Messages of other programs have no event and no
// sender here, and are just removed.

internal import DurableFiles
package import Mailbox
package import MessageFormat
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// What stays of one copy that is removed.
package struct RemovalNote: Sendable {
  package let envelope: Envelope
  /// Of the message's file.
  package let status: FileStatus
  let content: [UInt8]

  /// The name of the note.
  package var name: String { RemovalNotes.name(envelope) }
}

/// The notes in `removed/`, while this process holds the lock.
package struct RemovalNotes: ~Copyable {
  private static let pendingSuffix = ".pending"
  private static let lockName = "lock"
  /// Others hold the lock while they remove messages.
  private static let patience = Duration.seconds(60)

  private let root: SpoolRoot
  private let folder: Directory
  private let lock: FileDescriptor

  /// Waits until no other process removes messages; 75 where that takes too long.
  package init(in root: SpoolRoot) throws(Failure) {
    let folder = try onSpool(root.ensureFolder(.removed))
    let file = try onSpool(root.openOrCreate(RemovalNotes.lockName, in: folder))
    guard try onSpool(file.lock(.exclusive, wait: .until(.after(RemovalNotes.patience)))) else {
      throw Failure(.temporary, "another process is removing messages", remedy: "try again")
    }
    (self.root, self.folder) = (root, folder)
    lock = file
  }

  package static func name(_ envelope: Envelope) -> String { "\(envelope.id).\(envelope.copy)" }

  /// Where the note of a pending removal is, to be linked into the feed.
  package borrowing func pending(_ name: String) -> (folder: Directory, name: String) { (folder, name + RemovalNotes.pendingSuffix) }

  /// Writes notes, durably.
  package borrowing func write(_ notes: [RemovalNote]) throws(SystemError) {
    for note in notes {
      let file = try root.temporaryFile("removed")
      try file.write(note.content)
      try file.rename(in: folder, replacing: note.name + RemovalNotes.pendingSuffix)
    }
    if !notes.isEmpty { try folder.sync() }
  }

  /// Says of notes that their removal is done.
  package borrowing func settle(_ names: [String]) throws(SystemError) {
    for name in names { try folder.rename(name + RemovalNotes.pendingSuffix, to: folder, replacing: name) }
    if !names.isEmpty { try folder.sync() }
  }

  /// Takes the note of a removal back that did not happen.
  package borrowing func drop(_ name: String) throws(SystemError) { try folder.remove(name + RemovalNotes.pendingSuffix) }

  /// The pending notes that processes left which died.
  package borrowing func leftovers() throws(SystemError) -> [Envelope] {
    var found: [Envelope] = []
    for name in try folder.names(of: .file) where name.hasSuffix(RemovalNotes.pendingSuffix) {
      if let envelope = try folder.envelope(of: name) { found.append(envelope) } else { try folder.remove(name) }
    }
    return found
  }

  /// Whether the copy is still in its mailbox: then nothing of it was removed.
  package borrowing func isInMailbox(_ envelope: Envelope) throws(SystemError) -> Bool {
    for part in [MaildirPart.new, .current, .new] {
      var isThere = false
      try root.folderIfPresent(.mailbox(envelope.recipient).part(part))?.eachName { (name, kind) throws(SystemError) in
        // Other programs may have put anything behind the id.
        isThere = (kind == .file || kind == nil) && MaildirName.messageID(in: String(repairing: name)) == envelope.id
        return !isThere
      }
      if isThere { return true }
    }
    return false
  }
}

extension MaildirMailbox {
  /// What is to stay of a message of ours; nil for one that is gone, and for one of another program.
  package func removalNote(of message: StoredMessage, now: Timestamp) throws(Failure) -> RemovalNote? {
    try following(message) { folder, current throws(SystemError) -> RemovalNote? in
      let file = try folder.open(current.nameBytes)
      let status = try file.status()
      guard status.kind == .file, MaildirName.messageID(in: current.name) != nil else { return nil }
      let front = try file.read(min(status.size, SizeLimit.header), at: 0)
      guard let envelope = Envelope(HeaderFields(of: front)) else { return nil }
      let times = RemovedHeader(
        delivered: current.delivered,
        read: current.isUnread ? nil : Timestamp(sinceEpoch: status.changed),
        removed: now)
      return RemovalNote(envelope: envelope, status: status, content: times.file(of: front))
    }
  }
}
