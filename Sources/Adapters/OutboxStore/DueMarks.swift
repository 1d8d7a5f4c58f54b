// Where the messages of deferred/messages/ are looked for when they are due. A mark is an empty file:
//
//   deferred/at/2026-11-22/14/05/30/ID.RANDOM      to be looked at from that second on (UTC)
//   deferred/credit/NAME/ACCEPTED.ID.RANDOM        to be looked at when NAME has credit, the oldest first (microseconds)
//   deferred/credit/NAME@ACCOUNT/...               the same for what NAME sends and ACCOUNT pays
//
// A folder a level, so that looking for what is due reads a few small folders however many messages wait. A folder whose second has
// come holds nothing that is not due: seconds are rounded up.

internal import DurableFiles
internal import Sending
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

struct DueMarks {
  private static let times = SpoolFolder.dueTimes.path
  private static let credit = SpoolFolder.dueCredit

  let root: SpoolRoot

  /// Makes the marks of a message, durably.
  func mark(_ id: MessageID, _ deferral: Deferral) throws(SystemError) {
    switch deferral {
    case .time(let time): _ = try mark("\(id)", in: DueMarks.folder(of: time))
    case .credit(let line, let accepted, let end):
      _ = try mark("\(id)", in: DueMarks.folder(of: end))
      _ = try mark("\(padded(Int(accepted.microseconds), 17)).\(id)", in: DueMarks.folder(of: line))
    }
  }

  /// Marks a message as due at once, durably: in the second that has come, not in the next.
  func markDue(_ id: MessageID, at now: Timestamp) throws(SystemError) -> DueMark {
    DueMark(id: id, path: try mark("\(id)", in: DueMarks.folder(of: Timestamp(seconds: now.seconds))))
  }

  /// Returns where the mark stands.
  private func mark(_ words: String, in place: SpoolFolder) throws(SystemError) -> String {
    let name = "\(words).\(hexadecimal(try randomBytes(4)))"
    while true {
      let folder = try root.ensureFolder(place)
      do throws(SystemError) {
        _ = try root.createNew(name, in: folder)
        try folder.sync()
        return place.file(name)
      } catch {
        // Another process removed the folder, which was empty until now.
        if error.code != .noEntry { throw error }
      }
    }
  }

  private static func folder(of time: Timestamp) -> SpoolFolder {
    let civil = CivilTime(Timestamp(seconds: -(-time.microseconds).flooredQuotient(by: 1_000_000)))
    let day = "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
    return .dueTimes.folder("\(day)/\(padded(civil.hour, 2))/\(padded(civil.minute, 2))/\(padded(civil.second, 2))")
  }

  /// The marks whose second has come, the earliest seconds first.
  func due(at now: Timestamp, limit: Int) throws(SystemError) -> [DueMark] {
    var marks: [DueMark] = []
    let latest = DueMarks.folder(of: Timestamp(seconds: now.seconds)).path
    _ = try visitSeconds(in: DueMarks.times, until: latest) { path throws(SystemError) in
      let found = try self.marks(in: path, limit: limit - marks.count)
      if found.isEmpty, path < latest { try removeEmpty(path) }
      marks += found
      return marks.count < limit
    }
    return marks
  }

  /// When each waiting message is tried next, for display.
  func times() throws(SystemError) -> [(id: MessageID, time: Timestamp)] {
    var times: [(id: MessageID, time: Timestamp)] = []
    _ = try visitSeconds(in: DueMarks.times, until: "~") { path throws(SystemError) in
      let words = path.split(separator: "/")
      if let time = Timestamp(rfc3339: "\(words[2])T\(words[3]):\(words[4]):\(words[5])Z") {
        times += try self.marks(in: path, limit: .max).map { ($0.id, time) }
      }
      return true
    }
    return times
  }

  /// Calls `body` with the folder of each second, the earliest first, up to `latest`, until it says to stop; false when it has.
  private func visitSeconds(
    in path: String, until latest: String, depth: Int = 0, _ body: (String) throws(SystemError) -> Bool
  ) throws(SystemError) -> Bool {
    if depth == 4 { return try body(path) }
    for name in try names(in: path, like: depth == 0 ? "0000-00-00" : "00") {
      let inner = "\(path)/\(name)"
      // A path is at most as late as what is in it.
      if inner > latest { break }
      if try !visitSeconds(in: inner, until: latest, depth: depth + 1, body) { return false }
    }
    return true
  }

  func creditLines() throws(SystemError) -> [CreditLine] {
    guard let folder = try root.folderIfPresent(DueMarks.credit) else { return [] }
    return try folder.names(of: .directory).sorted().compactMap { name in
      let words = name.split(separator: "@", omittingEmptySubsequences: false).map { Name($0) }
      guard words.count <= 2, let sender = words[0], let account = words[words.count - 1] else { return nil }
      return CreditLine(sender: sender, account: account)
    }
  }

  private static func folder(of line: CreditLine) -> SpoolFolder {
    credit.folder(line.account == line.sender ? "\(line.sender)" : "\(line.sender)@\(line.account)")
  }

  /// The marks of what waits for the same credit, the oldest message first.
  func waiting(for line: CreditLine) throws(SystemError) -> [DueMark] {
    try marks(in: DueMarks.folder(of: line).path, limit: .max).sorted { $0.path < $1.path }
  }

  func remove(_ mark: DueMark) throws(SystemError) {
    let parts = mark.path.split(separator: "/")
    guard let folder = try root.directory.directoryIfPresent(parts.dropLast().joined(separator: "/")), let name = parts.last else { return }
    try folder.remove(String(name))
    if mark.path.hasPrefix(DueMarks.times) { try removeEmpty(parts.dropLast().joined(separator: "/")) }
  }

  /// The marks of one message at those times, and those for its credit.
  func marks(of id: MessageID, at times: [Timestamp], for line: CreditLine?) throws(SystemError) -> [DueMark] {
    var marks: [DueMark] = []
    for time in times { marks += try self.marks(in: DueMarks.folder(of: time).path, limit: .max) }
    if let line { marks += try waiting(for: line) }
    return marks.filter { $0.id == id }
  }

  func all() throws(SystemError) -> [DueMark] {
    var marks: [DueMark] = []
    _ = try visitSeconds(in: DueMarks.times, until: "~") { path throws(SystemError) in
      marks += try self.marks(in: path, limit: .max)
      return true
    }
    for line in try creditLines() { marks += try waiting(for: line) }
    return marks
  }

  private func marks(in path: String, limit: Int) throws(SystemError) -> [DueMark] {
    guard let folder = try root.directory.directoryIfPresent(path) else { return [] }
    return try folder.names(of: .file, limit: limit).compactMap { name in
      guard let word = name.split(separator: ".").dropLast().last, let id = MessageID(word) else { return nil }
      return DueMark(id: id, path: "\(path)/\(name)")
    }
  }

  private func names(in path: String, like form: String) throws(SystemError) -> [String] {
    guard let folder = try root.directory.directoryIfPresent(path) else { return [] }
    return try folder.names(of: .directory).filter { name in
      name.utf8.count == form.utf8.count
        && zip(name.utf8, form.utf8).allSatisfy { $1 == UInt8(ascii: "0") ? (48...57).contains($0) : $0 == $1 }
    }.sorted()
  }

  /// Removes the folder of a second that holds nothing, and those above it that it leaves empty.
  private func removeEmpty(_ path: String) throws(SystemError) {
    var parts = path.split(separator: "/")
    while parts.count > 2 {
      let name = String(parts.removeLast())
      guard let parent = try root.directory.directoryIfPresent(parts.joined(separator: "/")) else { return }
      do throws(SystemError) { try parent.removeDirectory(name) } catch {
        if error.code == .notEmpty { return }
        throw error
      }
    }
  }
}
