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
  func run() throws -> Int64 {
    // Without an end: what is asked for here is known to be short.
    guard let result = try measure(atMost: Int(Int32.max)) else { throw BenchmarkFailure(description: "\(path): does not end") }
    return result.nanoseconds
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

/// A list of C strings that ends with a null pointer, for exec.
@safe final class CStrings {
  let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ words: [String]) {
    count = words.count
    unsafe list = .allocate(capacity: count + 1)
    for (index, word) in words.enumerated() { unsafe list[index] = strdup(word) }
    unsafe list[count] = nil
  }

  deinit {
    for index in 0..<count { unsafe free(list[index]) }
    unsafe list.deallocate()
  }
}

extension Program {
  /// Starts it in a process group of its own and leaves it running.
  func start() throws -> pid_t {
    let words = CStrings([path] + arguments)
    let settings = CStrings(environment.map { "\($0.key)=\($0.value)" })
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    defer { unsafe _ = posix_spawnattr_destroy(&attributes) }
    var child: pid_t = 0
    let failure = unsafe posix_spawn(&child, path, nil, &attributes, words.list, settings.list)
    if failure != 0 { throw BenchmarkFailure(description: "\(path): \(Errno(rawValue: failure))") }
    return child
  }

  /// Starts it, its output thrown away and what it complains of in a file, which is emptied first.
  func start(complaints: String) throws -> pid_t {
    let words = CStrings([path] + arguments)
    let settings = CStrings(environment.map { "\($0.key)=\($0.value)" })
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, complaints, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var child: pid_t = 0
    let failure = unsafe posix_spawn(&child, path, &actions, nil, words.list, settings.list)
    if failure != 0 { throw BenchmarkFailure(description: "\(path): \(Errno(rawValue: failure))") }
    return child
  }

  /// Runs it once: nanoseconds, and the peak of its memory in KiB (wait4(2)).
  func runMeasured() throws -> (time: Int64, memory: Int) {
    let start = Deadline.now.nanoseconds
    let child = try self.start()
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(child, &status, 0, &usage) < 0 && errno == EINTR {}
    if status != 0 { throw BenchmarkFailure(description: "\(path) \(arguments.joined(separator: " ")): wait status \(status)") }
    return (Deadline.now.nanoseconds - start, usage.ru_maxrss)
  }
}
