import TestSupport
import Testing

/// The systemd units and the lines for cron that are shipped in `spool-example/`, looked at by systemd itself and by a shell.
@Suite struct ServiceUnitTests {
  private let folder = TemporaryFolder()
  private static let names = ["msg-alarmd.service", "msg-send-flush.service", "msg-send-flush.timer"]

  /// The units of one manager, with the built tools in the place of the installed ones.
  private func units(_ manager: String) throws -> [String] {
    try (Self.names + (manager == "user" ? ["msg-unit-failed@.service"] : [])).map { name in
      let unit = try Repository.read("spool-example/systemd/\(manager)/\(name)")
      let recipes = "\(Repository.path)/spool-example/recipes"
      try folder.write(
        name, unit.replacing("=/usr/local/bin/", with: "=\(toolFolder)/").replacing("/usr/local/share/msgspool/recipes", with: recipes))
      return folder.file(name)
    }
  }

  private func analyze(_ manager: String, _ arguments: [String]) throws -> ToolRun {
    let found = try run("systemd-analyze", ["--\(manager)", "--no-pager"] + arguments, environment: ["XDG_RUNTIME_DIR": folder.path])
    guard found.status != 127 else { throw HarnessFailure("systemd-analyze is missing: apt-get install systemd") }
    return found
  }

  /// Breaks when a unit has a key that systemd does not know, or starts what is not there. systemd says so and returns 0.
  @Test(arguments: ["system", "user"])
  func systemdUnderstandsTheUnits(manager: String) throws {
    let outcome = try analyze(manager, ["--man=no", "verify"] + units(manager))
    #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome)")
    // The check itself is seen to find something.
    try folder.write("msg-send-flush.timer", "[Timer]\nOnCalendar=sometimes\n")
    #expect(try !analyze(manager, ["--man=no", "verify", folder.file("msg-send-flush.timer")]).errors.isEmpty)
  }

  /// Breaks when hardening is taken back. A user's manager may not do all that the system's can: its limit is higher.
  @Test(arguments: [("system", 20), ("user", 70)])
  func theServicesAreHardened(manager: String, limit: Int) throws {
    for unit in try units(manager) where unit.hasSuffix(".service") {
      let outcome = try analyze(manager, ["security", "--offline=true", "--threshold=\(limit)", unit])
      #expect(outcome.status == 0, "\(outcome)")
    }
  }

  /// Breaks when the daemon is killed while it waits for a hook that may still run: 30 s, and 5 s more between TERM and KILL.
  @Test(arguments: ["system", "user"])
  func theDaemonIsGivenTimeToEnd(manager: String) throws {
    let unit = try Repository.read("spool-example/systemd/\(manager)/msg-alarmd.service")
    let seconds = try #require(unit.firstMatch(of: /\nTimeoutStopSec=([0-9]+)\n/).flatMap { Int($0.1) })
    #expect(seconds > 35)
    #expect(unit.contains("\nKillMode=mixed\n"), "the hooks would get SIGTERM too")
  }

  /// The system calls of a set of systemd's, the sets that it names included.
  private func calls(in set: String, of sets: [String: [String]]) -> Set<String> {
    sets[set, default: []].reduce(into: []) { $0.formUnion($1.hasPrefix("@") ? calls(in: $1, of: sets) : [$1]) }
  }

  /// Breaks when a unit forbids a system call that the daemon, a hook that writes a file, or a flush makes.
  @Test(arguments: ["system", "user"])
  func theFiltersLetThroughWhatIsCalled(manager: String) throws {
    var sets: [String: [String]] = [:]
    var current = ""
    for line in try analyze(manager, ["syscall-filter"]).lines where !line.contains("#") {
      if line.hasPrefix("@") { current = line } else { sets[current, default: []].append(line.filter { $0 != " " }) }
    }
    let spool = TestSpool(environment: ["HOME": folder.path])
    #expect(try spool.run("msg-send", ["bob", "hello"]).status == 0)
    try spool.folder.write("spool/alarms/hooks/log.conf", "")
    _ = try run("chmod", ["700", spool.folder.file("spool/alarms"), spool.folder.file("spool/alarms/hooks")])
    _ = try run("ln", ["-s", "\(Repository.path)/spool-example/alarms/available/log", spool.folder.file("spool/alarms/hooks/")])
    for (unit, words) in [("msg-alarmd", ["--once"]), ("msg-send-flush", ["--flush", "--quiet"])] {
      let program = "\(toolFolder)/\(unit == "msg-alarmd" ? "msg-alarmd" : "msg-send")"
      let traced = try run(
        "strace", ["-f", "-qq", "-o", folder.file("trace"), program, "--spool", spool.path] + words, environment: ["HOME": folder.path])
      #expect(traced.status == 0, "\(traced)")
      let made = Set(try folder.read("trace").matches(of: /(?m)^(?:[0-9]+ +)?([a-z_0-9]+)\(/).map { String($0.1) })
      var allowed: Set<String> = []
      for line in try Repository.read("spool-example/systemd/\(manager)/\(unit).service").split(separator: "\n") {
        guard line.hasPrefix("SystemCallFilter=") else { continue }
        let isTakenAway = line.contains("~")
        for set in line.dropFirst("SystemCallFilter=".count).drop(while: { $0 == "~" }).split(separator: " ") {
          let calls = calls(in: String(set), of: sets)
          #expect(!calls.isEmpty, "\(set)")
          if isTakenAway { allowed.subtract(calls) } else { allowed.formUnion(calls) }
        }
      }
      #expect(made.count > 30 && made.subtracting(allowed).isEmpty, "\(unit): \(made.subtracting(allowed))")
    }
    #expect(try folder.read("msg-alarms.log").contains("arrived for bob: hello"))
  }

  /// Breaks when the lines for cron are not five fields and a command that is silent when all is well.
  @Test func cronIsSilentWhenAllIsWell() throws {
    let lines = try Repository.read("spool-example/cron/msgspool").split(separator: "\n").filter { $0.hasPrefix("*") }
    #expect(lines.count == 2)
    for line in lines {
      let words = line.split(separator: " ", maxSplits: 5)
      #expect(words.prefix(5).allSatisfy { $0 == "*" })
      for _ in 1...2 {
        let outcome = try run("sh", ["-c", String(words[5])], environment: ["HOME": folder.path, "PATH": "\(toolFolder):/usr/bin:/bin"])
        #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome)")
      }
    }
  }
}
