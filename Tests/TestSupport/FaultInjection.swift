internal import Foundation

/// A system call that a program made and that changes something outside of it.
package struct ObservedCall: Hashable, Sendable, CustomStringConvertible {
  /// The call's name as strace knows it.
  package let name: String
  /// The how many-th call of that name it is, counted from 1 as strace's `when=` does.
  package let occurrence: Int
  package let line: String

  package var description: String { "\(name) #\(occurrence): \(line)" }
}

/// A fault for strace to inject (strace(1), `--inject`).
package enum Fault: Hashable, Sendable {
  /// SIGKILL on entering the call: it is not carried out and nothing after it is.
  case kill
  /// The call fails with that error and is not carried out.
  case error(String)
  /// The call and all later ones of its name fail with that error, as on a disk that stays full.
  case lastingError(String)
  /// That signal comes during the call, which is carried out.
  case signal(String)

  var action: String {
    switch self {
    case .kill: "signal=SIGKILL"
    case .error(let name), .lastingError(let name): "error=\(name)"
    case .signal(let name): "signal=\(name)"
    }
  }

  package var isLasting: Bool { if case .lastingError = self { true } else { false } }

  /// At which calls of a name it strikes (strace's `when=`), the first being that one.
  func occurrences(from first: Int) -> String { isLasting ? "\(first)+" : "\(first)" }
}

/// A command of one of the built tools, run under strace so that each of its calls can be made to fail.
package struct FaultyCommand: Sendable {
  /// Whose calls are counted and made to fail.
  package enum Scope: Sendable {
    /// All threads and children of the command.
    case everyProcess
    /// The command's first thread alone, so that what its children do neither counts nor fails.
    case theToolAlone
  }

  package let tool: String
  package let arguments: [String]
  package let user: String
  package let input: String?
  package let scope: Scope

  package init(_ tool: String, _ arguments: [String], user: String = "alice", input: String? = nil, scope: Scope = .everyProcess) {
    (self.tool, self.arguments, self.user, self.input, self.scope) = (tool, arguments, user, input, scope)
  }

  /// Calls that change files, names, locks or sizes. A file that is only read does not count.
  private static let stateChanging = [
    "openat", "openat2", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "renameat", "renameat2", "link", "linkat",
    "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "flock", "fchmod",
  ]

  private func traced(_ options: [String], on spool: TestSpool) throws -> ToolRun {
    let command = (scope == .everyProcess ? ["-f"] : []) + ["-qq"] + options + ["\(toolFolder)/\(tool)"] + arguments
    return try TestSupport.run(
      "strace", command, input: input,
      environment: ["MSG_SPOOL": spool.path, "MSG_USER": user].merging(spool.environment) { $1 })
  }

  /// The state-changing calls of an undisturbed run, in order. `spool` is used up.
  package func calls(on spool: TestSpool) throws -> [ObservedCall] {
    let log = spool.folder.file("trace")
    let outcome = try traced(FaultyCommand.observation(log: log), on: spool)
    guard outcome.status == 0 else { throw HarnessFailure("the undisturbed run failed: \(outcome)") }
    return FaultyCommand.calls(in: try spool.folder.read("trace"))
  }

  /// strace's options to see the state-changing calls.
  package static func observation(log: String) -> [String] { ["-y", "-o", log, "-e", "trace=\(stateChanging.joined(separator: ","))"] }

  /// strace's options to make a fault. Its own report goes to a file: standard error is the tool's.
  package static func injection(_ fault: Fault, at call: ObservedCall, log: String) -> [String] {
    ["-o", log, "-e", "trace=\(call.name)", "-e", "inject=\(call.name):\(fault.action):when=\(fault.occurrences(from: call.occurrence))"]
  }

  /// The calls that strace has seen, in order.
  package static func calls(in trace: String) -> [ObservedCall] {
    var occurrences: [String: Int] = [:]
    var calls: [ObservedCall] = []
    for line in trace.split(separator: "\n") {
      // `-f` heads each line with the process id where there is more than one.
      let call = line.drop { $0.isNumber || $0 == " " }
      guard let name = call.split(separator: "(").first.map(String.init), FaultyCommand.stateChanging.contains(name) else { continue }
      occurrences[name, default: 0] += 1
      if name.hasPrefix("openat"), !call.contains("O_CREAT") { continue }
      // `-y` tells what each descriptor leads to.
      if name == "write", call.hasPrefix("write(1<") || call.hasPrefix("write(2<") { continue }
      calls.append(ObservedCall(name: name, occurrence: occurrences[name] ?? 0, line: String(call)))
    }
    return calls
  }

  /// Runs the command with a fault at one of its calls.
  package func run(on spool: TestSpool, _ fault: Fault, at call: ObservedCall) throws -> ToolRun {
    try traced(FaultyCommand.injection(fault, at: call, log: spool.folder.file("injected")), on: spool)
  }

  /// Whether the fault really struck: a test that injects nothing would prove nothing.
  package static func struck(_ spool: TestSpool) throws -> Bool {
    let log = try spool.folder.read("injected")
    return log.contains("(INJECTED)") || log.contains("killed by SIGKILL")
  }

  /// Whether the command came as far as the call. A signal that is held back leaves no other trace.
  package static func reached(_ call: ObservedCall, on spool: TestSpool) throws -> Bool {
    let lines = try spool.folder.read("injected").split(separator: "\n")
    return lines.count { $0.drop { $0.isNumber || $0 == " " }.hasPrefix("\(call.name)(") } >= call.occurrence
  }
}

/// The test bench itself did not work; the test says nothing about the tools.
package struct HarnessFailure: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

extension TestSpool {
  /// A copy of the spool for one experiment: file by file, hard links and modes kept.
  package func copy() throws -> TestSpool {
    let twin = TestSpool(environment: environment)
    let outcome = try TestSupport.run("cp", ["-a", path, twin.path])
    guard outcome.status == 0 else { throw HarnessFailure("cp failed: \(outcome)") }
    return twin
  }

  /// The message files in a mailbox, by their path below it.
  package func messages(of name: String) -> [String] {
    ["new", "cur"].flatMap { part in folder.names(in: "spool/mailboxes/\(name)/\(part)").map { "\(part)/\($0)" } }
  }
}
