// A spool is a folder with a file `format` in it that says "msgspool 1". That file is made last, exclusively, so a
// folder is a spool or it is not:
//
//   found                                      a command that reads       a command that writes
//   nothing                                    66                         makes it, mode 0700
//   empty, or only settings, tmp/ and alarms/  66                         makes `format`
//   with hooks and users
//   other things and no `format`               66                         73, untouched
//   `format` of a newer number                 78                         78

internal import DurableFiles
package import SharedKernel
internal import SystemCalls

/// An open spool: its root folder, its configuration, and the modes its files have.
package final class Spool: Sendable {
  package enum Purpose: Sendable { case reading, writing }

  package static let formatLine = "msgspool 1"
  private static let mayPrecedeFormat: Set<String> = [
    SpoolFile.configuration.name, SpoolFile.aliases.name, SpoolFile.payers.name, SpoolFile.limits.name, SpoolFile.allowances.name,
    SpoolFile.mounts.name, SpoolFolder.temporary.name,
  ]

  package let root: SpoolRoot
  package let configuration: Configuration

  private init(_ directory: Directory) throws(Failure) {
    let root = SpoolRoot(directory)
    configuration = try Configuration(reading: root)
    self.root = configuration.isShared ? root.sharedWithGroup : root
  }

  /// Opens the spool at `path`, making it first when it is missing and the purpose is writing.
  package static func open(at path: String, for purpose: Purpose) throws(Failure) -> Spool {
    let root: Directory
    do throws(SystemError) {
      root = try purpose == .writing ? openOrMake(path) : Directory(opening: path)
    } catch {
      throw unusable(path, error, purpose)
    }
    let spool = try Spool(root)
    if purpose == .writing { try spool.refuseUnsafeWriting() }
    try spool.checkFormat(purpose: purpose)
    return spool
  }
}

extension Spool {
  private static func openOrMake(_ path: String) throws(SystemError) -> Directory {
    do { return try Directory(opening: path) } catch {
      guard error.code == .noEntry else { throw error }
    }
    // Missing ancestors are made one by one from the nearest folder that is there.
    let (parent, name) = split(path)
    let above = try openOrMake(parent)
    if try above.makeDirectory(name) { try above.sync() }
    return try Directory(opening: path)
  }

  private static func split(_ path: String) -> (parent: String, name: String) {
    var parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    let name = parts.popLast() ?? "."
    let parent = (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    return (parent.isEmpty ? "." : parent, name)
  }

  private func checkFormat(purpose: Purpose) throws(Failure) {
    if let bytes = try asSpool(purpose, { () throws(SystemError) in try root.contents(of: .format, limit: SizeLimit.line) }) {
      let line = String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
      if line == Spool.formatLine { return }
      let words = line.split(separator: " ")
      if words.count == 2, words[0] == "msgspool", let number = Int(words[1]), number > 1 {
        throw Failure(
          .configuration, "\(root.path): the spool has format \(number), this program knows format 1",
          remedy: "use the newer msgspool")
      }
      throw Failure(
        .configuration, "\(root.path)/\(SpoolFile.format): not a format line", remedy: "is this a spool? expected '\(Spool.formatLine)'")
    }
    let foreignEntry = try asSpool(purpose) { () throws(SystemError) in try Spool.foreignEntry(in: root) }
    guard purpose == .writing else {
      throw Failure(.notFound, "\(root.path): no spool there", remedy: "the first msg-send makes one; see --spool")
    }
    if let foreignEntry {
      // Another process makes the spool at this moment: `format` comes before anything else of it.
      let hasFormat = try asSpool(purpose) { () throws(SystemError) in try root.directory.status(of: SpoolFile.format.path) != nil }
      if hasFormat { return try checkFormat(purpose: purpose) }
      throw Spool.notEmpty(root, foreignEntry)
    }
    try asSpool(purpose) { () throws(SystemError) in try makeFormat() }
  }

  /// What a failed system call says of a folder that is to be a spool.
  private func asSpool<Value>(_ purpose: Purpose, _ body: () throws(SystemError) -> Value) throws(Failure) -> Value {
    do throws(SystemError) { return try body() } catch { throw Spool.unusable(root.path, error, purpose) }
  }

  /// Refuses a folder that could not be made a spool (73). For one that was found to be none.
  package static func refuseForeignEntries(in root: SpoolRoot) throws(Failure) {
    let found: String?
    do throws(SystemError) { found = try foreignEntry(in: root) } catch { throw Failure(storage: error) }
    if let found { throw notEmpty(root, found) }
  }

  /// Something in a folder that is in no new spool; nil where there is nothing else.
  private static func foreignEntry(in root: SpoolRoot) throws(SystemError) -> String? {
    let others = try root.directory.list(limit: 16).entries.map { $0.name }.filter { !Spool.mayPrecedeFormat.contains($0) }
    guard others == [SpoolFolder.alarms.name] else { return others.min() }
    // Hooks may be put there before the first send.
    let prepared: Set<String> = [SpoolFolder.hooks.name, SpoolFolder.receivers.name]
    guard let alarms = try root.folderIfPresent(.alarms) else { return others.first }
    return try alarms.list(limit: 16).entries.allSatisfy { prepared.contains($0.name) } ? nil : others.first
  }

  private static func notEmpty(_ root: SpoolRoot, _ foreignEntry: String) -> Failure {
    Failure(.cannotCreate, "\(root.path): not a spool, and not empty ('\(foreignEntry)' is in it)", remedy: "name an empty or a new folder")
  }

  private func makeFormat() throws(SystemError) {
    let file = try root.temporaryFile("format")
    try file.write(Array("\(Spool.formatLine)\n".utf8))
    // A process that made the folder may have been killed before its name was durable. Where the folder above may not be read, no process
    // of this user made it.
    do throws(SystemError) { try Directory(opening: "\(root.path)/..").sync() } catch {
      if error.code != .accessDenied { throw error }
    }
    do throws(SystemError) { try file.publish(in: root.directory, as: SpoolFile.format.path) } catch {
      // Another process has just made the same spool.
      if error.code != .exists { throw error }
    }
  }

  /// What a spool has to pass before it is written to, also one that was opened for reading.
  package func refuseUnsafeWriting() throws(Failure) {
    try refuseOthersWriting()
    try refuseForeignRoot()
    try root.refuseUnprovenMount(hosts: configuration.hosts)
  }

  /// The folder of a spool that is there or is to be made, for a test of its mount. It passes what `refuseUnsafeWriting` asks, but for the
  /// mount itself.
  package static func rootToTest(at path: String) throws(Failure) -> SpoolRoot {
    let root: Directory
    do throws(SystemError) { root = try Directory(opening: path) } catch {
      if error.code == .noEntry { throw Failure(.notFound, "\(path): no such folder", remedy: "make it, and the spool in it later") }
      throw unusable(path, error, .reading)
    }
    let spool = try Spool(root)
    try spool.refuseOthersWriting()
    try spool.refuseForeignRoot()
    let isSpool: Bool
    do throws(SystemError) { isSpool = try root.status(of: SpoolFile.format.path) != nil } catch { throw Failure(storage: error) }
    if !isSpool { try refuseForeignEntries(in: spool.root) }
    return spool.root
  }

  private func refuseOthersWriting() throws(Failure) {
    guard let mode = try? root.directory.descriptor.status().mode, mode & 0o022 != 0, !configuration.isShared else { return }
    throw Failure(
      .configuration, "\(root.path): others may write to this spool",
      remedy: "chmod go-w '\(root.path)', or set 'shared = yes' in its config")
  }

  /// What root makes in a user's spool would shut its owner out.
  private func refuseForeignRoot() throws(Failure) {
    guard CurrentProcess.effectiveUserID == 0, !configuration.isShared, let owner = try? root.directory.descriptor.status().owner,
      owner != 0
    else {
      return
    }
    let name = loginName(of: owner)
    throw Failure(
      .notPermitted, "\(root.path): this spool belongs to \(name), and you are root",
      remedy: "run the command as its owner, for example with 'sudo -u \(name)'")
  }

  private static func unusable(_ path: String, _ error: SystemError, _ purpose: Purpose) -> Failure {
    switch (error.code, purpose) {
    case (.noEntry, .reading): return Failure(.notFound, "\(path): no spool there", remedy: "the first msg-send makes one; see --spool")
    case (.notDirectory, .reading): return Failure(.notFound, "\(path): a file, not a spool", remedy: "name the spool's folder")
    case (.noSpace, _), (.quotaExceeded, _), (.inputOutput, _):
      return Failure(.inputOutput, "\(error.subject): \(error.call) failed: \(error.code)", remedy: "nothing was changed")
    case (.accessDenied, _) where isPresent(path), (.notPermitted, .reading):
      return Failure(.notPermitted, "\(path): \(error.code)", remedy: "ask its owner")
    default:
      return Failure(.cannotCreate, "\(error.subject): \(error.code)", remedy: "name another folder with --spool DIR or MSG_SPOOL")
    }
  }

  /// Whether the folder itself is there, so that it is its owner who keeps us out and not the one of a folder above.
  private static func isPresent(_ path: String) -> Bool {
    (try? FileStatus.atPath(path))?.kind == .directory
  }
}
