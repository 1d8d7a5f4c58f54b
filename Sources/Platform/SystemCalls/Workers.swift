internal import CSystemShims

/// Forks of this process that do a part of its work beside it, and what they have to say when they are done.
///
/// They have what is open here, locks included: what is to be theirs alone they open themselves. When this process is ended they are
/// asked to end (SIGTERM), which those who hold that signal back heed between two steps.
package struct Workers: ~Copyable {
  private let words: FileDescriptor
  private var children: [pid_t] = []

  /// Starts up to `count`, fewer where the system has no more processes to give. Each does `body`, given its number from 0, whose text is
  /// handed over.
  package init(_ count: Int, _ body: (Int) -> String) throws(SystemError) {
    let memory = try check("memfd_create", "memory of the workers") { msg_memory_file() }
    words = FileDescriptor(owning: memory, path: "memory of the workers")
    for number in 0..<count {
      let child = msg_fork_worker()
      if child == 0 {
        let text = Array(body(number).utf8)
        // One write: texts stand one behind the other, each whole.
        CurrentProcess.exit(unsafe write(words.raw, text, text.count) == text.count ? 0 : 1)
      }
      if child < 0 { break }
      children.append(child)
    }
  }

  /// How many there are.
  package var count: Int { children.count }

  /// Waits for all of them: their texts, and how many ended without handing theirs over.
  package consuming func finish() throws(SystemError) -> (texts: String, lost: Int) {
    var lost = 0
    for child in children {
      var status: Int32 = 0
      _ = try check("waitpid", "process \(child)") { unsafe waitpid(child, &status, 0) }
      if status != 0 { lost += 1 }
    }
    let size = try words.status().size
    return (String(decoding: try words.read(size, at: 0), as: UTF8.self), lost)
  }
}
