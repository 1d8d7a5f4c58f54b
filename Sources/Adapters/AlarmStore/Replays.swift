// Alarms that are to be made once more: `alarms/replay/HOOK/ID.json`, of the same form as a dead letter.
//
//   step                                          a crash after it leaves
//   a dead letter is renamed to its replay, or    the old place, or the new one: it is never in neither
//     a new letter is published there
//   the daemon finds it, and runs the hook        the letter: it is run again, marked as always
//   its final line is durable (a dead one is      the letter: the same
//     buried again before that)
//   the letter is removed                         nothing
//
// Nothing of it is counted in the feed's progress.

package import Alarms
internal import DurableFiles
internal import JSONText
internal import SharedKernel
package import SpoolLayout
package import SystemCalls

/// The letters that wait to be delivered again.
package struct Replays {
  private let root: SpoolRoot

  package init(root: SpoolRoot) {
    self.root = root
  }

  /// Makes the folder where it is missing, so that there is something to watch.
  package func directory() throws(SystemError) -> Directory { try root.ensureFolder(.replays) }

  /// Every letter that waits, in the order of the feed; other files are passed over.
  package func all() throws(SystemError) -> [Delivery] {
    guard let folder = try root.folderIfPresent(.replays) else { return [] }
    return try LetterFolder.letters(in: folder).map { $0.delivery }
  }

  /// Takes a dead letter out of `alarms/dead` and asks for it again; false when it is gone.
  package func revive(_ letter: Letter) throws(SystemError) -> Bool {
    guard let dead = try root.folderIfPresent(.deadLetters.folder("\(letter.delivery.hook)")) else { return false }
    let folder = try root.ensureFolder(.replays.folder("\(letter.delivery.hook)"))
    do throws(SystemError) { try dead.rename(letter.name, to: folder, replacing: letter.name) } catch {
      if error.code == .noEntry { return false }
      throw error
    }
    try folder.sync()
    try dead.sync()
    return true
  }

  /// Asks for an alarm again that was final. Durable when it returns.
  package func request(_ line: HistoryLine, call: HookCall) throws(SystemError) {
    guard let alarm = line.alarm, let hook = line.hook else { return }
    let folder = try root.ensureFolder(.replays.folder("\(hook)"))
    let file = try root.temporaryFile("replay")
    try file.write(Array("\(Letter.json(line, input: call.input).line)\n".utf8))
    try file.publish(in: folder, replacing: "\(alarm).json")
  }

  /// Tells a daemon that watches the folder itself, not those in it.
  package func ring() throws(SystemError) {
    let folder = try directory()
    _ = try root.openOrCreate(".ring", in: folder)
    try folder.remove(".ring")
  }

  func remove(_ alarm: AlarmID, hook: HookName) throws(SystemError) {
    guard let folder = try root.folderIfPresent(.replays.folder("\(hook)")) else { return }
    // Not synced: a letter that comes back is run again, marked.
    try folder.remove("\(alarm).json")
  }
}
