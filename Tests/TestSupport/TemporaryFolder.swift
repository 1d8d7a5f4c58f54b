internal import Foundation

/// A folder of its own for one test, removed with everything in it at the end.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() {
    let template = FileManager.default.temporaryDirectory.appendingPathComponent("msgspool-test-\(UUID().uuidString)")
    path = template.path
    // A test without its folder cannot say anything: stop it here.
    guard unsafe mkdir(path, 0o700) == 0 else { preconditionFailure("cannot make \(path)") }
  }

  deinit {
    // Tests take permissions away; root or not, give them back so that the folder can go.
    _ = try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    _ = try? FileManager.default.removeItem(atPath: path)
  }

  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, making its folders.
  package func write(_ name: String, _ content: String) throws {
    try Requirements.check([content])
    let url = URL(fileURLWithPath: file(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content.utf8).write(to: url)
  }

  /// Writes a program, in the place of what has the name. Another process does it: a file that this one has open for writing is open
  /// in every child that another test starts at that moment, and cannot be executed as long as it is (ETXTBSY).
  package func writeProgram(_ name: String, _ content: String) throws {
    let made = try run(
      "sh", ["-c", "mkdir -p \"${0%/*}\" && cat > \"$0.new\" && chmod 700 \"$0.new\" && mv \"$0.new\" \"$0\"", file(name)], input: content)
    guard made.status == 0 else { throw HarnessFailure("\(made)") }
  }

  package func read(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }

  /// The names in a folder, sorted; empty where there is none.
  package func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: file(folder))) ?? []).sorted()
  }
}
