/// The name of a hook: `[A-Za-z0-9][A-Za-z0-9._-]*`, up to 64 bytes, without the endings that editors and packagers leave.
package struct HookName: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String
  private static let leftoverEndings = ["~", ".bak", ".orig", ".rej", ".swp", ".tmp"]

  /// Nil when `text` is not a valid hook name.
  package init?(_ text: String) {
    guard HookName.isWellFormed(text), !HookName.isLeftover(text), !text.hasSuffix(".conf") else { return nil }
    self.text = text
  }

  /// Whether a name is that of a backup or leftover, which is not meant as a hook.
  package static func isLeftover(_ name: String) -> Bool {
    name.hasPrefix(".") || name.hasPrefix("#") || name.contains(".dpkg-") || leftoverEndings.contains { name.hasSuffix($0) }
  }

  private static func isWellFormed(_ name: String) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
    guard let first = name.utf8.first, isAlphanumeric(first), name.utf8.count <= 64 else { return false }
    return name.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
  }

  package var description: String { text }
  package static func < (left: HookName, right: HookName) -> Bool { left.text < right.text }
}

/// The hooks there are at one moment.
package struct HookCatalogue: Hashable, Sendable {
  /// A file that looks like a hook and must not be run.
  package struct Refusal: Hashable, Sendable {
    package let name: String
    /// Why, and what to do about it.
    package let reason: String
    package init(name: String, reason: String) { (self.name, self.reason) = (name, reason) }
  }

  /// Ascending by name.
  package var runnable: [HookName] = []
  package var refused: [Refusal] = []
  /// Of the runnable ones those that the system does not let run, and why; their alarms wait.
  package var stopped: [HookName: String] = [:]
  /// Names that are not meant as a hook: configuration of a hook, backups.
  package var passedOver: [String] = []
  /// Hooks that are only asked about what is dead at another one.
  package var fallbacks: [HookName: HookName] = [:]
  /// Hooks that are only asked about what is escalated.
  package var escalationHooks: [HookName] = []

  package init() {}

  /// The hooks that are asked about every alarm, ascending by name.
  package var regular: [HookName] { runnable.filter { fallbacks[$0] == nil && !escalationHooks.contains($0) } }

  /// The hooks that are asked about what is dead at `hook`.
  package func standIns(for hook: HookName) -> [HookName] { runnable.filter { fallbacks[$0] == hook } }

  package var isEmpty: Bool { runnable.isEmpty && refused.isEmpty }
}
