package import Alarms
package import SystemCalls

/// The folder of hooks. What lies in it is run with the daemon's rights, so only what the daemon's user or root has put there is.
package struct HookFolder: Sendable {
  /// Absolute.
  package let path: String

  package init(path: String) { self.path = path }

  /// Why the folder cannot be looked into; nil where it can.
  package func complaint() throws(SystemError) -> String? {
    do { _ = try Directory(opening: path) } catch {
      switch error.code {
      case .noEntry: return "no such folder"
      case .notDirectory: return "not a folder"
      case .accessDenied, .notPermitted, .loop: return "\(error.code)"
      default: throw error
      }
    }
    return nil
  }

  /// What there is now. A missing folder holds no hooks.
  package func scan() throws(SystemError) -> HookCatalogue {
    var catalogue = HookCatalogue()
    let folder: Directory
    do { folder = try Directory(opening: path) } catch {
      if error.code == .noEntry { return catalogue }
      throw error
    }
    let complaint = HookFolder.complaint(about: try folder.descriptor.status(), named: "the folder \(path)")
    for name in try folder.list().entries.map({ $0.name }).sorted() {
      if HookName.isLeftover(name) || name.hasSuffix(".conf") {
        catalogue.passedOver.append(name)
        continue
      }
      var refusal = complaint
      var obstacle: String?
      if refusal == nil {
        switch try HookFolder.examine(name, in: folder) {
        case .fit(let program): obstacle = try program.obstacle()
        case .unfit(let reason): refusal = reason
        }
      }
      if let refusal {
        catalogue.refused.append(HookCatalogue.Refusal(name: name, reason: refusal))
      } else if let hook = HookName(name) {
        catalogue.runnable.append(hook)
        catalogue.stopped[hook] = obstacle
      }
    }
    // With nothing in it yet, the folder itself is what is refused.
    if let complaint, catalogue.refused.isEmpty { catalogue.refused.append(HookCatalogue.Refusal(name: ".", reason: complaint)) }
    return catalogue
  }

  /// Looks at a hook once more, just before it is run: what was good at the last scan may have been changed since.
  func examine(_ hook: HookName) throws(SystemError) -> HookProgram.Examination {
    let folder = try Directory(opening: path)
    if let complaint = HookFolder.complaint(about: try folder.descriptor.status(), named: "the folder \(path)") { return .unfit(complaint) }
    return try HookFolder.examine(hook.text, in: folder)
  }

  /// A hook is as good as the file, and as the settings beside it, which most hooks run as a part of themselves.
  private static func examine(_ name: String, in folder: Directory) throws(SystemError) -> HookProgram.Examination {
    guard HookName(name) != nil else { return .unfit("not a name for a hook: rename it to letters, digits, '.', '_' and '-'") }
    let settings = "\(name).conf"
    if let status = try folder.status(of: settings) {
      guard status.kind == .file else { return .unfit("\(settings) is not a regular file: put the settings themselves there") }
      if let complaint = complaint(about: status, named: settings) { return .unfit(complaint) }
    }
    return try HookProgram.examine(name, in: folder)
  }

  static func complaint(about status: FileStatus, named what: String) -> String? {
    let user = CurrentProcess.effectiveUserID
    if status.owner != user, status.owner != 0 {
      return "wrong owner: \(what) belongs to user \(status.owner), not to user \(user) or root: chown it"
    }
    return status.mode & 0o022 == 0 ? nil : "writable by others: chmod go-w \(what)"
  }
}
