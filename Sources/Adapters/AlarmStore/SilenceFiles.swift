package import Alarms
internal import DurableFiles
internal import JSONText
internal import SharedKernel
package import SpoolLayout
package import SystemCalls

/// `alarms/silences/ID.json`, a file each: made whole and exclusively, so that two people never share an id.
package struct SilenceFiles {
  private let root: SpoolRoot

  package init(root: SpoolRoot) {
    self.root = root
  }

  /// All there are, by id; ended ones stand there until the daemon tidies up. Other files are passed over.
  package static func all(root: SpoolRoot) throws(SystemError) -> [Silence] {
    guard let folder = try root.folderIfPresent(.silences) else { return [] }
    var silences: [Silence] = []
    for file in try folder.names(of: .file) where file.hasSuffix(".json") {
      guard let bytes = try folder.smallFile(file, limit: SizeLimit.note),
        let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)), let silence = Silence(json), file == name(silence.id)
      else { continue }
      silences.append(silence)
    }
    return silences.sorted { $0.id < $1.id }
  }

  /// Durable when it returns the silence with the id it has got.
  package func add(_ make: (_ id: Int) -> Silence) throws(SystemError) -> Silence {
    let folder = try root.ensureFolder(.silences)
    var id = (try SilenceFiles.all(root: root).map(\.id).max() ?? 0) + 1
    while true {
      let silence = make(id)
      let file = try root.temporaryFile("silence")
      try file.write(Array("\(silence.json.line)\n".utf8))
      do {
        try file.publish(in: folder, as: SilenceFiles.name(id))
        return silence
      } catch {
        guard error.code == .exists else { throw error }
        id += 1
      }
    }
  }

  /// False when no silence has that id.
  package func remove(_ id: Int) throws(SystemError) -> Bool {
    guard let folder = try root.folderIfPresent(.silences), try folder.remove(SilenceFiles.name(id)) else { return false }
    try folder.sync()
    return true
  }

  private static func name(_ id: Int) -> String { "\(id).json" }
}
