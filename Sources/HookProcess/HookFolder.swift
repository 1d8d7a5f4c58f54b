package import Alarms
package import SystemCalls

/// The folder of hooks. What lies in it is run with the daemon's rights, so only what the daemon's user or root has put there is.
package struct HookFolder: Sendable {
  /// Absolute.
  package let path: String

  package init(path: String) { self.path = path }

  /// Where a hook is.
  package func path(of hook: HookName) -> String { "\(path)/\(hook)" }

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
    for name in try folder.list().entries.map(\.name).sorted() {
      if HookName.isLeftover(name) || name.hasSuffix(".conf") {
        catalogue.passedOver.append(name)
        continue
      }
      let refusal: String?
      if let complaint { refusal = complaint } else { refusal = try HookFolder.refusal(of: name, in: folder) }
      if let refusal {
        catalogue.refused.append(HookCatalogue.Refusal(name: name, reason: refusal))
      } else if let hook = HookName(name) {
        catalogue.runnable.append(hook)
      }
    }
    // With nothing in it yet, the folder itself is what is refused.
    if let complaint, catalogue.refused.isEmpty { catalogue.refused.append(HookCatalogue.Refusal(name: ".", reason: complaint)) }
    return catalogue
  }

  /// Why a file must not be run, and what to do; nil for a good hook. A symbolic link is as good as what it leads to.
  private static func refusal(of name: String, in folder: Directory) throws(SystemError) -> String? {
    guard HookName(name) != nil else { return "not a name for a hook: rename it to letters, digits, '.', '_' and '-'" }
    let status: FileStatus?
    do { status = try folder.statusFollowingLinks(of: name) } catch {
      guard error.code == .loop || error.code == .accessDenied || error.code == .notDirectory else { throw error }
      return "cannot be looked at (\(error.code)): see to it, or to where it leads"
    }
    guard let status else { return "leads to nothing: remove the link, or put the file where it points" }
    guard status.kind == .file else { return "not a regular file: move it away" }
    if let complaint = complaint(about: status, named: "it") { return complaint }
    // Root may run what anybody may run; another user what it owns and may run, or what all may run.
    let needed: UInt32 = CurrentProcess.effectiveUserID == 0 ? 0o111 : status.owner == CurrentProcess.effectiveUserID ? 0o100 : 0o001
    return status.mode & needed == 0 ? "not executable: chmod +x it, or move it away" : nil
  }

  private static func complaint(about status: FileStatus, named what: String) -> String? {
    let user = CurrentProcess.effectiveUserID
    if status.owner != user, status.owner != 0 {
      return "wrong owner: \(what) belongs to user \(status.owner), not to user \(user) or root: chown it"
    }
    return status.mode & 0o022 == 0 ? nil : "writable by others: chmod go-w \(what == "it" ? "it" : what)"
  }
}
