// The silences, a file each, under ids that are never used again: the history names them.
//
//   step, under the lock of alarms/silences/lock       a crash after it
//   alarms/silences/last says the new id, durable      an id is left out
//   alarms/silences/ID.json, durable                   the silence is in force
//
// A spool without `last`, made by an earlier version, goes on behind the silences that it has.

package import Alarms
internal import DurableFiles
internal import JSONText
internal import SharedKernel
package import SpoolLayout
package import SystemCalls

/// `alarms/silences/ID.json`, a file each.
package struct SilenceFiles {
  /// How long a command waits for another one that makes a silence.
  private static let patience = Duration.seconds(5)
  private let root: SpoolRoot

  package init(root: SpoolRoot) {
    self.root = root
  }

  /// All there are, by id; ended ones stand there until the daemon tidies up. Other files are passed over.
  package static func all(root: SpoolRoot) throws(SystemError) -> [Silence] {
    guard let folder = try root.folderIfPresent(.silences) else { return [] }
    var silences: [Silence] = []
    for file in try folder.names(of: .file) where file.hasSuffix(".json") {
      guard let bytes = try folder.listedFile(file, limit: SizeLimit.note),
        let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)), let silence = Silence(json), file == name(silence.id)
      else { continue }
      silences.append(silence)
    }
    return silences.sorted { $0.id < $1.id }
  }

  /// Durable when it returns the silence with the id it has got.
  package func add(_ make: (_ id: Int) -> Silence) throws(SystemError) -> Silence {
    let folder = try root.ensureFolder(.silences)
    let lock = try root.openOrCreate(SpoolFile.silenceLock.name, in: folder)
    guard try lock.lock(.exclusive, wait: .until(.after(SilenceFiles.patience))) else {
      throw SystemError(.timedOut, call: "flock", subject: "\(root.path)/\(SpoolFile.silenceLock)")
    }
    var id = max(try lastID(in: folder), try SilenceFiles.all(root: root).map { $0.id }.max() ?? 0) + 1
    // Something else may have the name.
    while try folder.status(of: SilenceFiles.name(id)) != nil { id += 1 }
    let last = try root.temporaryFile("silence")
    try last.write(Array("\(id)\n".utf8))
    try last.publish(in: folder, replacing: SpoolFile.lastSilence.name)
    let silence = make(id)
    let file = try root.temporaryFile("silence")
    try file.write(Array("\(silence.json.line)\n".utf8))
    try file.publish(in: folder, as: SilenceFiles.name(id))
    return silence
  }

  /// 0 where none is known, or the file is none of ours.
  private func lastID(in folder: Directory) throws(SystemError) -> Int {
    let bytes = try folder.smallFile(SpoolFile.lastSilence.name, limit: SizeLimit.line) ?? []
    let id = Int(String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)) ?? 0
    return (0...Silence.highestID).contains(id) ? id : 0
  }

  /// False when no silence has that id.
  package func remove(_ id: Int) throws(SystemError) -> Bool {
    guard let folder = try root.folderIfPresent(.silences), try folder.remove(SilenceFiles.name(id)) else { return false }
    try folder.sync()
    return true
  }

  private static func name(_ id: Int) -> String { "\(id).json" }
}
