import Glibc
import SystemCalls

struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String
}

/// A command to be run again and again: its path, its words, its whole environment. Its output goes nowhere.
struct Program {
  let name: String
  let path: String
  var arguments: [String] = []
  var environment: [String: String] = [:]

  /// Runs it once and says how many nanoseconds passed from before posix_spawn(3) until waitpid(2) had it.
  /// Anything but status 0 is a failure.
  func run() throws -> Int64 { try measure().nanoseconds }

  /// The same with its peak, of what is known to end.
  func measure() throws -> MeasuredRun {
    guard let result = try measure(atMost: Int(Int32.max)) else { throw BenchmarkFailure(description: "\(path): does not end") }
    return result
  }

  /// The folder this program lies in.
  static func ownFolder() -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = unsafe max(0, readlink("/proc/self/exe", &buffer, buffer.count))
    let own = String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  }

  /// Whether it is an ELF file that needs no loader: it has no PT_INTERP (elf(5)).
  func isStatic() throws -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let folder = try Directory(opening: parts.dropLast().joined(separator: "/") + "/")
    let head = try folder.open(String(parts[parts.count - 1]), .read).read(4096, at: 0)
    guard head.count >= 64 else { throw BenchmarkFailure(description: "\(path): no program") }
    func number(_ offset: Int, _ width: Int) -> Int { (0..<width).reduce(0) { $0 | Int(head[offset + $1]) << (8 * $1) } }
    let (table, size, entries) = (number(32, 8), number(54, 2), number(56, 2))
    return !(0..<entries).contains { table + $0 * size + 4 <= head.count && number(table + $0 * size, 4) == 3 }
  }
}

extension Program {
  /// Starts it in a process group of its own, with no signal held back, and leaves it running. What it prints and complains of goes to
  /// these files, which are emptied first; where none is named, to where that of this program goes.
  func start(output: String? = nil, complaints: String? = nil) throws -> pid_t {
    let words = CStrings([path] + arguments)
    let settings = CStrings(environment.map { "\($0.key)=\($0.value)" })
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, file) in [(Int32(1), output), (2, complaints)] {
      if let file { unsafe posix_spawn_file_actions_addopen(&actions, descriptor, file, O_WRONLY | O_CREAT | O_TRUNC, 0o600) }
    }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe _ = posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK))
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    var child: pid_t = 0
    let failure = unsafe posix_spawn(&child, path, &actions, &attributes, words.list, settings.list)
    if failure != 0 { throw BenchmarkFailure(description: "\(path): \(Errno(rawValue: failure))") }
    return child
  }
}
