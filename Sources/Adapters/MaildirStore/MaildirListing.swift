package import Mailbox
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension MaildirMailbox {
  package func stamp(of place: StoredMessage.Place) throws(Failure) -> FolderStamp? {
    guard let status = try onSpool(folder(place)?.descriptor.status()) else { return nil }
    return FolderStamp(inode: status.identity.inode, modified: status.modified, changed: status.changed)
  }

  package func modified(_ name: [UInt8], in place: StoredMessage.Place) throws(Failure) -> Timestamp? {
    try onSpool(folder(place)?.status(of: name)).map { Timestamp(sinceEpoch: $0.modified) }
  }

  package func eachName(in place: StoredMessage.Place, _ body: (borrowing Span<UInt8>, Bool) -> Void) throws(Failure) {
    guard let folder = try onSpool(folder(place)) else { return }
    do throws(SystemError) {
      try folder.eachName { (name, kind) throws(SystemError) in
        body(name, try MaildirMailbox.isMessage(name, kind, in: folder))
        return true
      }
    } catch { throw Failure(storage: error) }
  }

  static func isMessage(
    _ name: borrowing Span<UInt8>, _ kind: FileStatus.Kind?, in folder: Directory
  ) throws(SystemError) -> Bool {
    if name[0] == UInt8(ascii: ".") || name[0] == UInt8(ascii: ":") { return false }
    if let kind { return kind == .file }
    return try folder.status(of: bytes(of: name))?.kind == .file
  }

  /// Looks for the file with a base name wherever it is now; nil when it is gone. `readdir` may miss a file that is renamed
  /// while it runs, so a folder that was changed meanwhile is read again.
  func find(base wanted: ArraySlice<UInt8>, delivered: Timestamp) throws(Failure) -> StoredMessage? {
    for _ in 0..<MaildirMailbox.attempts {
      let before = try StoredMessage.Place.allCases.map(stamp)
      var found: StoredMessage?
      // `cur/` comes second: a message that was moved there between the two looks is seen where it is now.
      for place in StoredMessage.Place.allCases { found = try self.found(wanted, in: place, delivered: delivered) ?? found }
      if let found { return found }
      if try StoredMessage.Place.allCases.map(stamp) == before { return nil }
    }
    return nil
  }

  private func found(_ wanted: ArraySlice<UInt8>, in place: StoredMessage.Place, delivered: Timestamp) throws(Failure) -> StoredMessage? {
    guard let folder = try onSpool(folder(place)) else { return nil }
    var found: StoredMessage?
    do throws(SystemError) {
      try folder.eachName { (name, kind) throws(SystemError) in
        guard StoredMessage.baseLength(name) == wanted.count, MaildirMailbox.has(name, prefix: wanted),
          try MaildirMailbox.isMessage(name, kind, in: folder)
        else { return true }
        found = StoredMessage(place: place, nameBytes: MaildirMailbox.bytes(of: name), delivered: delivered)
        return false
      }
    } catch { throw Failure(storage: error) }
    return found
  }

  private static func has(_ name: borrowing Span<UInt8>, prefix: ArraySlice<UInt8>) -> Bool {
    for index in prefix.indices where name[index - prefix.startIndex] != prefix[index] { return false }
    return true
  }

  static func bytes(of name: borrowing Span<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(name.count)
    for index in 0..<name.count { bytes.append(name[index]) }
    return bytes
  }
}
