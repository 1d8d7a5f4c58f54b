internal import DurableFiles
internal import MessageFormat
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// A copy whose event is looked for.
package struct SoughtEvent: Hashable, Sendable {
  package let message: MessageID
  package let copy: Int
  /// Of the message's file, while it is there; nil once it is gone. A link of it has the same inode.
  package let file: FileStatus?

  package init(message: MessageID, copy: Int, file: FileStatus?) { (self.message, self.copy, self.file) = (message, copy, file) }
}

/// The texts that events hold: an event is a link to its message, so a message that is removed lives on in the feed.
package struct FeedTexts {
  /// Where an event is.
  package struct Place: Hashable, Sendable {
    fileprivate let segment: Int
    fileprivate let sequence: Int
  }

  private let root: SpoolRoot

  package init(in root: SpoolRoot) { self.root = root }

  /// Where the events of those copies are. Links are found by their inodes, without a look into any file; the events of files that
  /// have no second name, or are gone, by what they say.
  package func places(of sought: [SoughtEvent]) throws(SystemError) -> [SoughtEvent: Place] {
    guard !sought.isEmpty, let feed = try root.folderIfPresent(.feed) else { return [:] }
    var places: [SoughtEvent: Place] = [:]
    var byInode: [UInt64: SoughtEvent] = [:]
    var others: [SoughtEvent] = []
    for event in sought {
      if let file = event.file, file.linkCount > 1 { byInode[file.identity.inode] = event } else { others.append(event) }
    }
    for first in try FeedLayout.segments(in: feed).reversed() where places.count < sought.count {
      guard let segment = try feed.directoryIfPresent(FeedLayout.name(first)) else { continue }
      var names: [(name: String, number: Int)] = []
      try segment.eachEntry { (bytes, kind, inode) throws(SystemError) in
        guard kind == .file || kind == nil, let name = String(validating: bytes), let number = FeedLayout.number(name) else { return true }
        if let event = byInode[inode] { places[event] = Place(segment: first, sequence: number) }
        if !others.isEmpty { names.append((name, number)) }
        return true
      }
      for (name, number) in names {
        guard let event = try self.event(name, in: segment, among: others) else { continue }
        places[event] = Place(segment: first, sequence: number)
      }
    }
    return places
  }

  private func event(_ name: String, in segment: Directory, among sought: [SoughtEvent]) throws(SystemError) -> SoughtEvent? {
    guard let status = try segment.status(of: name), status.kind == .file,
      sought.contains(where: { $0.file == nil || $0.file?.size == status.size }), let envelope = try segment.envelope(of: name)
    else { return nil }
    return sought.first { $0.message == envelope.id && $0.copy == envelope.copy }
  }

  /// Puts what stays of their messages in the place of events, durably: `note` is the file of each.
  package func replace(_ places: [(place: Place, note: (folder: Directory, name: String))]) throws(SystemError) {
    var touched: [Int: Directory] = [:]
    for (place, note) in places {
      if touched[place.segment] == nil { touched[place.segment] = try root.folderIfPresent(.feed.folder(FeedLayout.name(place.segment))) }
      // A segment may have been removed by its rotation meanwhile.
      guard let segment = touched[place.segment] else { continue }
      let name = FeedLayout.name(place.sequence)
      guard try segment.status(of: name) != nil else { continue }
      let file = try root.temporaryFile("event")
      guard let content = try note.folder.contents(of: note.name, limit: SizeLimit.header) else { continue }
      try file.write(content)
      try file.rename(in: segment, replacing: name)
    }
    for (_, segment) in touched { try segment.sync() }
  }
}
