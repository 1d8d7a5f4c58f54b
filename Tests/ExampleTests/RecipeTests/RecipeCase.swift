import TestSupport

/// A spool, and a shell in which the tools and the recipes are on the PATH, as after `make install`.
struct RecipeCase {
  let spool = TestSpool()
  static let recipes = "\(Repository.path)/spool-example/recipes"

  var folder: TemporaryFolder { spool.folder }

  init() throws {
    let made = try spool.run("msg-pay", ["topup", "--open", "alice", "100"])
    guard made.status == 0 else { throw HarnessFailure("\(made)") }
  }

  /// Runs a script as `user`, with the folder as its home; programs in its `bin` come first.
  func shell(_ script: String, user: String = "alice", environment: [String: String] = [:]) throws -> ToolRun {
    let path = [folder.file("bin"), RecipeCase.recipes, toolFolder, Requirements.path].joined(separator: ":")
    let variables = [
      "PATH": path, "HOME": folder.path, "MSG_SPOOL": spool.path, "MSG_USER": user, "LC_ALL": "C.UTF-8", "TMPDIR": folder.path,
    ]
    return try run("bash", ["-c", "cd \"$HOME\"\n\(script)"], environment: variables.merging(environment) { $1 })
  }

  /// Text alone of a message of the mailbox.
  func text(of user: String, _ message: String = "last") throws -> String {
    try spool.run("msg-read", ["--body", message], user: user).output
  }

  func count(of user: String) throws -> String { try spool.run("msg-read", ["--count", "--all"], user: user).output }

  func subjects(of user: String) throws -> [String] {
    try shell("msg-read --all --json | jq -r .subject", user: user).lines
  }
}
