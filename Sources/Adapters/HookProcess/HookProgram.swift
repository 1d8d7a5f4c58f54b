// What is run is what was looked at.
//
//   looked at   the folder that holds the file is opened and stays open; it and the file belong to root or to us, and no other user
//               may write them, so no other user can put another file there, now or later
//   run         by its name in that open folder, /proc/PID/fd/N/NAME: whatever becomes of the folders above, exec(2) and an
//               interpreter that opens the script by name get the file that was looked at
//   settings    which most hooks run as a part of themselves, are held to the same rule and named in the same way
//
// Without this, a user who may rename a folder above (the group of a shared spool) could put another one there between looking and running.
//
// A symbolic link among the hooks switches on an installed hook, so it is followed, the one place in a spool where one is: the folder
// of hooks may be written by its owner alone, and what counts in the end is the file that it leads to and that file's folder.

internal import SystemCalls

/// A hook that was found fit to be run, held so that nothing else is run in its place.
struct HookProgram {
  /// To be run while this value is kept.
  var path: String { HookProgram.path(of: name, in: folder) }
  /// Where the hook's own settings are, if it has any; good while this value is kept.
  var settingsPath: String { HookProgram.path(of: "\(hook).conf", in: hooks) }
  private let hook: String
  private let hooks: Directory
  /// The folder that holds the file, and the file's name in it: those of the hook, or where its link leads.
  private let folder: Directory
  private let name: String
  private let status: FileStatus

  enum Examination {
    case fit(HookProgram)
    /// Why it must not be run, and what to do.
    case unfit(String)
  }

  /// Looks at the file called `name` in the folder of hooks, or at what it leads to.
  static func examine(_ name: String, in hooks: Directory) throws(SystemError) -> Examination {
    guard let status = try hooks.status(of: name) else { return .unfit("not there any more: put it back, or leave it") }
    if status.kind != .symbolicLink {
      if let complaint = complaint(aboutFile: status) { return .unfit(complaint) }
      return .fit(HookProgram(hook: name, hooks: hooks, folder: hooks, name: name, status: status))
    }
    do throws(SystemError) {
      let place = try hooks.placeOfTarget(name)
      let slash = place.lastIndex(of: "/") ?? place.startIndex
      let folder = try Directory(opening: String(place[...slash]))
      let target = String(place[place.index(after: slash)...])
      guard let status = try folder.status(of: target) else { return .unfit("leads to nothing: remove the link, or put the file there") }
      if let complaint = complaint(aboutFile: status) { return .unfit("leads to \(place): \(complaint)") }
      if let complaint = complaint(aboutFolder: try folder.descriptor.status()) {
        return .unfit("leads to \(place), and its folder is \(complaint)")
      }
      return .fit(HookProgram(hook: name, hooks: hooks, folder: folder, name: target, status: status))
    } catch {
      switch error.code {
      case .noEntry: return .unfit("leads to nothing: remove the link, or put the file there")
      case .loop, .accessDenied, .notDirectory: return .unfit("cannot be looked at (\(error.code)): see to where it leads")
      default: throw error
      }
    }
  }

  /// Why the system does not let it run although owners and modes allow it, and what to do; nil where nothing is in the way, or /proc is
  /// missing and nothing can be asked.
  func obstacle() throws(SystemError) -> String? {
    if try !isReachable() || mayExecute(path) { return nil }
    let isForbidden = try folder.forbidsPrograms()
    return (isForbidden ? "on a file system mounted with noexec: mount it with exec, or" : "the system does not let it run where it is:")
      + " set 'hooks = DIR' in the config to a folder on a local disk"
  }

  /// Whether `path` leads to the file that was looked at, which it does unless /proc is missing or is another system's.
  func isReachable() throws(SystemError) -> Bool {
    do { return try FileStatus.atPath(path)?.identity == status.identity } catch {
      if error.code == .notDirectory || error.code == .accessDenied { return false }
      throw error
    }
  }

  /// What the file begins with.
  func firstBytes(_ count: Int) throws(SystemError) -> [UInt8] { try folder.open(name, .read).read(count, at: 0) }

  private static func path(of name: String, in folder: Directory) -> String {
    "/proc/\(CurrentProcess.id)/fd/\(folder.descriptor.raw)/\(name)"
  }

  private static func complaint(aboutFile status: FileStatus) -> String? {
    guard status.kind == .file else { return "not a regular file: move it away" }
    if let complaint = HookFolder.complaint(about: status, named: "it") { return complaint }
    // Root may run what is executable for anyone; another user what it owns and may run, or what all may run.
    let needed: UInt32 = CurrentProcess.effectiveUserID == 0 ? 0o111 : status.owner == CurrentProcess.effectiveUserID ? 0o100 : 0o001
    return status.mode & needed == 0 ? "not executable: chmod +x it, or move it away" : nil
  }

  /// In a sticky folder (/tmp) others may put files, but not one in the place of ours.
  private static func complaint(aboutFolder status: FileStatus) -> String? {
    status.owner == 0 && status.mode & 0o1000 != 0 ? nil : HookFolder.complaint(about: status, named: "it")
  }
}
