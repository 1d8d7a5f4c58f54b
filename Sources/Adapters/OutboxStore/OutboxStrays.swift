internal import Sending
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

// What stands among the messages and is none, or has lost its copy 1.
extension OutboxFiles {
  /// Whether the name of a file that is not a message is a stray. A further copy belongs to its copy 1.
  func isStray(_ name: String, in folder: Directory) throws(SystemError) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let id = MessageID(parts[0]), let copy = Int(parts[1]), name == OutboxFiles.name(id, copy) else { return true }
    if try folder.status(of: id.description) != nil { return false }
    for other in [SpoolFolder.outbox, .deferred, .voiding] {
      if try root.folderIfPresent(other)?.status(of: id.description) != nil { return false }
    }
    return try folder.status(of: name) != nil
  }

  /// Puts a further copy that a crash kept from following its voided copy 1 into `failed/`; false where it is none.
  func fileWithItsLeader(_ name: String, in folder: Directory) throws(SystemError) -> Bool {
    guard let id = name.split(separator: ".").first.flatMap({ MessageID($0) }) else { return false }
    for place in [SpoolFolder.voiding, .failed] {
      guard try root.folderIfPresent(place)?.status(of: id.description) != nil else { continue }
      let failed = try root.ensureFolder(.failed)
      do throws(SystemError) { try folder.fileAsFailed(name, in: failed) } catch {
        // Another process was quicker.
        if error.code != .noEntry { throw error }
      }
      return true
    }
    return false
  }

  func setAside(_ name: String, in folder: Directory, place: OutboxPlace) throws(SystemError) {
    let bad = try root.ensureFolder(.bad)
    let mark = hexadecimal(try randomBytes(4))
    do throws(SystemError) {
      try folder.rename(name, to: bad, exclusively: "\(place.rawValue).\(mark).\(name.suffix(180))")
    } catch {
      // Another process was quicker.
      if error.code != .noEntry { throw error }
    }
  }
}
