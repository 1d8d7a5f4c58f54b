internal import CSystemShims

/// How a child process ended.
package enum ChildExit: Hashable, Sendable {
  case exited(Int32)
  case signalled(Int32)
}

/// A child process, leader of its own process group, and the pipes from it, none of which ever blocks. Its input is complete before it
/// starts, so that it reads all of it whatever becomes of this process. It must be asked by `reap` until that says how it ended.
package final class ChildProcess {
  package enum Stream: Sendable { case output, errors }
  package enum GroupSignal: Sendable { case terminate, kill }

  private static let chunk = 1 << 16

  package let id: Int32
  private let ending: FileDescriptor?
  private var output: FileDescriptor?
  private var errors: FileDescriptor?

  /// Starts an executable without a shell: working directory `/`, umask 077, default signals, `input` in a sealed file as
  /// standard input, two pipes and no other descriptor. `environment` holds `NAME=value` words.
  package init(path: String, arguments: [String], environment: [String], input: [UInt8]) throws(SystemError) {
    let input = try FileDescriptor.sealedMemory(holding: input, path: "standard input of \(path)")
    var ends = try makePipe()
    let outputReader = FileDescriptor(owning: ends[0], path: "standard output of \(path)")
    let outputWriter = FileDescriptor(owning: ends[1], path: outputReader.path)
    ends = try makePipe()
    let errorReader = FileDescriptor(owning: ends[0], path: "standard error of \(path)")
    let errorWriter = FileDescriptor(owning: ends[1], path: errorReader.path)
    try outputReader.stopBlocking()
    try errorReader.stopBlocking()
    let words = CStrings([path] + arguments)
    let settings = CStrings(environment)
    var child: pid_t = 0
    let failure = unsafe msg_spawn(path, words.list, settings.list, input.raw, outputWriter.raw, errorWriter.raw, &child)
    if failure != 0 { throw SystemError(Errno(rawValue: failure), call: "exec", subject: path) }
    id = child
    let descriptor = msg_process_descriptor(child)
    ending = descriptor >= 0 ? FileDescriptor(owning: descriptor, path: "process \(child)") : nil
    output = consume outputReader
    errors = consume errorReader
  }

  /// Becomes readable when the child has ended; nil on kernels before 5.3, where `reap` has to be asked now and then.
  package var endingDescriptor: Int32? { ChildProcess.number(ending) }
  /// Becomes readable when the child has printed something; nil once it is closed.
  package func descriptor(of stream: Stream) -> Int32? { stream == .output ? ChildProcess.number(output) : ChildProcess.number(errors) }

  private static func number(_ file: borrowing FileDescriptor?) -> Int32? {
    switch file {
    case .some(let descriptor): descriptor.raw
    case .none: nil
    }
  }
}

extension ChildProcess {
  /// Stops reading what the child, or a process that it left behind, prints.
  package func close(_ stream: Stream) { if stream == .output { output = nil } else { errors = nil } }

  /// What the child has printed since the last look; empty at the end, nil when there is nothing now.
  package func read(_ stream: Stream) throws(SystemError) -> [UInt8]? {
    do {
      switch stream {
      case .output: return try ChildProcess.read(output)
      case .errors: return try ChildProcess.read(errors)
      }
    } catch {
      if error.code == .wouldBlock { return nil }
      throw error
    }
  }

  private static func read(_ file: borrowing FileDescriptor?) throws(SystemError) -> [UInt8] {
    switch file {
    case .some(let descriptor): try descriptor.read(upTo: chunk)
    case .none: []
    }
  }

  /// waitpid(2) without waiting: how the child ended, nil while it runs. Answers once.
  package func reap() throws(SystemError) -> ChildExit? {
    var status: Int32 = 0
    let found = try check("waitpid", "process \(id)") { unsafe waitpid(id, &status, WNOHANG) }
    if found == 0 { return nil }
    var code: Int32 = 0
    return unsafe msg_exit_code(status, &code) == 1 ? .exited(code) : .signalled(code)
  }

  /// Asks the whole process group to end (SIGTERM), or ends it (SIGKILL). A group that is gone is as good.
  package func signalGroup(_ signal: GroupSignal) { _ = kill(-id, signal == .terminate ? SIGTERM : SIGKILL) }
}
