package import CommandLineTool
internal import DurableFiles
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// Makes a spool with settings that a person can go through: each is there as a comment, with its default. In a spool that is there, what
/// is missing is added, and nothing is changed. `--verbose` names each file.
package func initialiseSpool(at path: String, _ diagnostics: Diagnostics) throws(Failure) {
  let spool = try Spool.open(at: path, for: .writing)
  do throws(SystemError) { try spool.root.addTemplates(diagnostics) } catch { throw Failure(storage: error) }
}

extension SpoolRoot {
  fileprivate func addTemplates(_ diagnostics: Diagnostics) throws(SystemError) {
    for file in [SpoolFile.configuration, .aliases, .payers, .limits] where try !hasEntry(file) {
      let template = try temporaryFile("template")
      try template.write(Array(spoolTemplate(of: file).utf8))
      do throws(SystemError) { try template.publish(in: directory, as: file.path) } catch {
        // Another process has just made it.
        if error.code == .exists { continue } else { throw error }
      }
      diagnostics.detail("made \(path)/\(file)")
    }
    for folder in [SpoolFolder.hooks, .receivers] where try folderIfPresent(folder) == nil {
      _ = try ensureFolder(folder)
      diagnostics.detail("made \(path)/\(folder)")
    }
  }

  fileprivate func hasEntry(_ file: SpoolFile) throws(SystemError) -> Bool { try directory.status(of: file.path) != nil }
}

private func spoolTemplate(of file: SpoolFile) -> String {
  switch file {
  case .aliases:
    """
    # Words that stand for users, and groups: a line each. See msgspool(5).
    #
    # 한준성: junseong
    # team: alice, bob

    """
  case .payers:
    """
    # Accounts that pay for several senders: a line each. See msgspool(5).
    #
    # operations: backup, cron, web

    """
  case .limits:
    """
    # How much may be sent in a period, by account or by sender: a line each. See msgspool(5).
    #
    # account operations 30 messages per hour
    # sender cron 500 credit per month

    """
  default:
    "# The settings of this msgspool. Each line shows the default: take the '# ' in front of it away and change it. See msgspool(5).\n"
      + Setting.all.map { "\n# \($0.help)\n# \($0.key) =\($0.standard.isEmpty ? "" : " \($0.standard)")\n" }.joined()
  }
}
