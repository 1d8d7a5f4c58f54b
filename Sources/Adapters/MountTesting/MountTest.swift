// What the protocols of the spool need of a file system that several hosts have mounted, tried between two mounts of one folder:
//
//   locks     one holder at a time; free when given back and when the holder is killed; a wait that can be ended
//   contents  under the lock, at once: the size and the bytes that the other mount appended or overwrote, in files that are open and in
//             files opened now; fdatasync
//   names     under the lock, at once: what the other mount made, renamed, replaced, linked and removed, by name and in the listing
//   races     of two that make one name by link, open, mkdir or rename, one succeeds
//
// Before each look, what is looked at is read through that mount once, so that its caches hold the old state. Everything happens in a
// folder in `tmp/`, which is removed; after a kill it is a stray.

internal import DurableFiles
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// One run of the test.
package final class MountTest {
  /// One of the two mounts.
  final class Side {
    /// The spool's folder, as it is called there.
    let path: String
    let folder: Directory

    init(path: String, folder: Directory) { (self.path, self.folder) = (path, folder) }
  }

  /// How long one of the four parts goes on at most, apart from waits for what never comes. Each has its fewest rounds whatever they take.
  private static let partTime = Duration.milliseconds(1500)
  static let fewestRounds = 4
  /// How long what must be so at once is waited for before the test gives up on it.
  static let patience = Duration.seconds(2)

  let sides: [Side]
  private var tried: [String: Int] = [:]
  private var failed: [String: Int] = [:]
  private var order: [String] = []
  private var partEnd = Deadline.now

  /// Which of the two does something, and which looks at it.
  var directions: [(actor: Side, observer: Side)] { [(sides[0], sides[1]), (sides[1], sides[0])] }

  private init(sides: [Side]) { self.sides = sides }

  /// What is wrong between the two mounts of the spool, a sentence each; empty where all holds. Throws where `other` is not a second mount of
  /// the spool's folder.
  package static func faults(between root: SpoolRoot, and other: SpoolRoot) throws(Failure) -> [String] {
    do throws(SystemError) {
      let name = "\(SpoolRoot.mountTestPrefix)\(hexadecimal(try randomBytes(8)))"
      let temporary = try root.ensureFolder(.temporary)
      _ = try temporary.makeDirectory(name)
      defer { _ = try? temporary.removeTree(name) }
      let first = Side(path: root.path, folder: try temporary.directory(name))
      guard let seen = try appearance(of: name, in: other) else { return try notTheSame(root, other) }
      let test = MountTest(sides: [first, Side(path: other.path, folder: seen.folder)])
      test.expect(seen.isAtOnce, "\(other.path): a new folder is seen late")
      test.run()
      return test.faults
    } catch {
      throw Failure(storage: error)
    }
  }

  private static func notTheSame(_ root: SpoolRoot, _ other: SpoolRoot) throws(SystemError) -> [String] {
    [
      "\(other.path): what is made in \(root.path) is not seen there within \(patience.components.seconds) seconds: not the same folder, or of no use for several hosts"
    ]
  }

  private static func appearance(of name: String, in root: SpoolRoot) throws(SystemError) -> (folder: Directory, isAtOnce: Bool)? {
    let end = Deadline.after(patience)
    var isAtOnce = true
    while true {
      if let folder = try root.directory.directoryIfPresent(SpoolFolder.temporary.file(name)) { return (folder, isAtOnce) }
      if end.hasPassed { return nil }
      isAtOnce = false
      _ = try waitForAny([], for: .milliseconds(5))
    }
  }

  private func run() {
    for part in [testLocks, testContents, testNames, testRaces] {
      partEnd = .after(MountTest.partTime)
      part()
    }
  }

  /// Whether a part goes on after so many rounds.
  func goesOn(after rounds: Int) -> Bool { rounds < MountTest.fewestRounds || !partEnd.hasPassed }

  /// Counts what was seen; the sentence says what is wrong where it was not so.
  func expect(_ isSo: Bool, _ sentence: String) {
    tried[sentence, default: 0] += 1
    if isSo { return }
    if failed.updateValue((failed[sentence] ?? 0) + 1, forKey: sentence) == nil { order.append(sentence) }
  }

  /// Does something in which a failed system call is a fault.
  func attempt(_ what: String, _ body: () throws(SystemError) -> Void) {
    do throws(SystemError) { try body() } catch { expect(false, "\(what): \(error.subject): \(error.call) failed: \(error.code)") }
  }

  private var faults: [String] {
    order.map { sentence in
      let (bad, all) = (failed[sentence] ?? 0, tried[sentence] ?? 0)
      return all > 1 ? "\(sentence) (\(bad) of \(all) times)" : sentence
    }
  }
}
