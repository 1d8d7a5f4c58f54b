internal import SpoolLayout
package import Alarms
package import SystemCalls

// The one line of a hook's NAME.conf that the daemon itself reads; all others are the hook's own:
//
//   only_if = dead:HOOK      this hook is a fallback: it is only asked about what is dead at HOOK
//   only_if = escalated      this hook is only asked about messages that stay unread

extension HookFolder {
  /// Finds the fallbacks among the hooks that may run. One whose condition cannot be understood is refused.
  package func readConditions(into catalogue: inout HookCatalogue) throws(SystemError) {
    guard !catalogue.runnable.isEmpty else { return }
    let folder = try Directory(opening: path)
    for hook in catalogue.runnable {
      let content: [UInt8]?
      do { content = try folder.contents(of: "\(hook).conf", limit: SizeLimit.configuration) } catch {
        if error.mayPass { throw error }
        HookFolder.refuse(hook, "\(hook).conf cannot be read (\(error.code)): see to it", in: &catalogue)
        continue
      }
      guard let condition = content.flatMap(HookFolder.condition) else { continue }
      if condition == "escalated" {
        catalogue.escalationHooks.append(hook)
        continue
      }
      let words = condition.split(separator: ":", maxSplits: 1)
      guard words.count == 2, words[0] == "dead", let other = HookName(String(words[1])), other != hook else {
        HookFolder.refuse(hook, "\(hook).conf: only_if = \(condition): write only_if = dead:HOOK or only_if = escalated", in: &catalogue)
        continue
      }
      catalogue.fallbacks[hook] = other
    }
  }

  private static func refuse(_ hook: HookName, _ reason: String, in catalogue: inout HookCatalogue) {
    catalogue.runnable.removeAll { $0 == hook }
    catalogue.refused.append(HookCatalogue.Refusal(name: hook.text, reason: reason))
  }

  /// The value of `only_if`, quotes as a shell has them taken off; nil where there is no such line.
  private static func condition(in content: [UInt8]) -> String? {
    for line in String(decoding: content, as: UTF8.self).split(whereSeparator: { $0.isNewline }) {
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].filter({ !$0.isWhitespace }) == "only_if" else { continue }
      return parts[1].prefix { $0 != "#" }.filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" }
    }
    return nil
  }
}
