internal import Alarms
internal import DurableFiles
internal import JSONText
internal import SharedKernel
package import SpoolLayout
package import SystemCalls

/// `alarms/dead/<hook>/<alarm id>.json`: what a hook was to get and why it never will, until a person removes it.
package struct DeadLetters {
  private let root: SpoolRoot

  init(root: SpoolRoot) {
    self.root = root
  }

  /// Durable when it returns. The same alarm again takes the place of the first.
  func keep(_ delivery: Delivery, call: HookCall?, line: HistoryLine) throws(SystemError) {
    let folder = try root.ensureFolder(.deadLetters.folder("\(delivery.hook)"))
    let letter = Letter.json(line, input: call?.input)
    let file = try root.temporaryFile("dead")
    try file.write(Array("\(letter.line)\n".utf8))
    try file.publish(in: folder, replacing: "\(delivery.alarm.id).json")
  }

  /// Those that can be made again, in the order of the feed.
  package static func all(root: SpoolRoot) throws(SystemError) -> [Letter] {
    guard let dead = try root.folderIfPresent(.deadLetters) else { return [] }
    return try LetterFolder.letters(in: dead)
  }

  /// How many there are, by the name of their hook.
  package static func counts(root: SpoolRoot) throws(SystemError) -> [String: Int] {
    guard let dead = try root.folderIfPresent(.deadLetters) else { return [:] }
    var counts: [String: Int] = [:]
    for hook in try dead.names(of: .directory) {
      let count = try dead.directoryIfAny(hook)?.names(of: .file).count { $0.hasSuffix(".json") } ?? 0
      if count > 0 { counts[hook] = count }
    }
    return counts
  }
}
