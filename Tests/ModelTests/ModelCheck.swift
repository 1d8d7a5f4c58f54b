import TestSupport

/// How many errors spin's exhaustive search of a model finds; it stops at the first.
/// `options` are definitions for the model, such as `-DNO_TOMBSTONE`. With a fault it stops soon, and compiling is what takes time.
func errors(of model: String, _ options: [String], isFaulty: Bool = false) throws -> Int {
  let folder = TemporaryFolder()
  let path = "\(Repository.path)/Tests/ModelTests/\(model)"
  let script = """
    cd '\(folder.path)' && spin -a \(options.joined(separator: " ")) '\(path)' > spin.log && gcc -O\(isFaulty ? 0 : 1) -DSAFETY -o pan pan.c && ./pan -m100000
    """
  let outcome = try run("sh", ["-c", script])
  guard !outcome.output.contains("max search depth too small") else { throw HarnessFailure("the search of \(model) is not exhaustive") }
  let words = outcome.output.split { " \n".contains($0) }
  guard let index = words.firstIndex(of: "errors:"), let count = Int(words[index + 1]) else { throw HarnessFailure("\(outcome)") }
  return count
}
