package import Mailbox
internal import MessageFormat
internal import SystemCalls

extension MaildirMailbox {
  package func list() throws -> MailboxListing {
    var listing = MailboxListing()
    var messages: [String: StoredMessage] = [:]
    try eachName(&listing) { folder, place, name throws(SystemError) in
      let delivered: Int64
      if let seconds = StoredMessage.delivered(inName: name) {
        delivered = seconds
      } else {
        guard let status = try folder.status(of: name) else { return }
        delivered = status.modified / 1_000_000_000
      }
      let message = StoredMessage(place: place, name: name, delivered: delivered)
      // `cur/` comes second: a message that was moved there between the two looks is seen where it is now.
      messages[message.base] = message
    }
    listing.messages = Array(messages.values)
    return listing
  }

  package func counts() throws -> MailboxCounts {
    var listing = MailboxListing()
    var names: [(base: Substring, order: Int, isUnread: Bool)] = []
    try eachName(&listing) { _, place, name throws(SystemError) in
      names.append((MaildirName.base(of: name), names.count, StoredMessage.isUnread(place, name)))
    }
    // Side by side a message that was seen in both places is found without a table of all names; the later look counts.
    names.sort { ($0.base, $0.order) < ($1.base, $1.order) }
    let last = names.indices.filter { $0 + 1 == names.count || names[$0].base != names[$0 + 1].base }
    return MailboxCounts(total: last.count, unread: last.count { names[$0].isUnread })
  }

  /// Calls `body` with each name that is a message's, `new/` first; what is none is counted.
  private func eachName(
    _ listing: inout MailboxListing, _ body: (Directory, StoredMessage.Place, String) throws(SystemError) -> Void
  ) throws(SystemError) {
    for place in StoredMessage.Place.allCases {
      guard let folder = try folder(place) else { continue }
      let names = try settledNames(in: folder)
      listing.undecodable += names.undecodable
      for entry in names.entries {
        var kind = entry.kind
        if kind == nil { kind = try folder.status(of: entry.name)?.kind }
        if kind == .file, !entry.name.hasPrefix("."), !entry.name.hasPrefix(":") {
          try body(folder, place, entry.name)
        } else {
          listing.strangers += 1
        }
      }
    }
  }

  /// The names in a folder, read again when the folder was changed meanwhile: readdir(3) may miss a file that is renamed
  /// while it runs. In a folder that never rests the last look counts.
  private func settledNames(in folder: Directory) throws(SystemError) -> DirectoryListing {
    var before = try folder.descriptor.status().modified
    var names = try folder.list()
    for _ in 1..<MaildirMailbox.attempts {
      let after = try folder.descriptor.status().modified
      // Clocks of file systems tick slowly: a change in the tick that was seen leaves no trace. A few names are read by
      // one system call, during which nothing is renamed.
      let mayHideChange = names.entries.count > 100 && wallClockMicroseconds() - after / 1000 < 20_000
      if after == before, !mayHideChange { break }
      before = after
      names = try folder.list()
    }
    return names
  }
}
