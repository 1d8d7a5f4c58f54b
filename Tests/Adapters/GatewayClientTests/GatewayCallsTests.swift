import SpoolLayout
import GatewayClient
import Gateways
import SharedKernel
import SystemCalls
import TestSupport
import Testing

/// The command of a gateway as a real process.
@Suite struct GatewayCallsTests {
  private let gateway: GatewayFolder
  init() throws { gateway = try GatewayFolder() }

  /// Breaks when the words, the environment, the folder or the streams are not what the contract says.
  @Test func aCommandIsCalledCleanly() throws {
    let (log, streams) = (gateway.folder.file("log"), gateway.folder.file("streams"))
    let count = "count() { set -- /proc/$$/fd/*; n=$#; }; count"
    let look = "\(count); s=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2); printf '%s\\n' \"$s\" $n > \(streams)"
    let calls = try gateway.calls(
      "\(look); { echo \"$#: $*\"; pwd; umask; env | cut -d= -f1 | tr '\\n' ' '; cat; } > \(log); echo ok R1")
    #expect(try calls.call(.charge, gateway.subject()) == .done(reference: "R1"))
    let lines = try gateway.folder.read("log").split(separator: "\n").map(String.init)
    #expect(lines[0] == "7: first second charge KEY 3 credit alice")
    #expect(lines[1] == "/" && lines[2] == "0077")
    let names = Set(lines[3].split(separator: " ").map(String.init))
    let ours: Set = ["HOME", "LANG", "MSG_GATEWAY", "PATH", "TZ"]
    #expect(names.contains("MSG_GATEWAY") && names.isSubset(of: ours.union(["PWD", "OLDPWD", "SHLVL", "_"])), "\(names)")
    let open = try gateway.folder.read("streams").split(separator: "\n").map(String.init)
    #expect(
      open.count == 4 && open[0] == "/dev/null" && open[1].hasPrefix("pipe:") && open[2].hasPrefix("pipe:") && open[1] != open[2], "\(open)"
    )
    // Beside its three streams the shell itself has its script open, and the folder it lists.
    #expect(open.last.flatMap { Int($0) } == 5, "\(open)")
  }

  /// Breaks when an exit status or a complaint is not told as what it is.
  @Test(
    arguments: [
      ("exit 77", GatewayAnswer.declined("")), ("echo too poor >&2; exit 77", .declined("too poor")),
      ("echo down >&2; exit 69", .notAsked("the gateway could not be asked: down")), ("kill -9 $$", .doubtful("ended by signal 9")),
      ("echo ok; exit 3", .doubtful("exit status 3")), ("printf 'ok R2'", .done(reference: "R2")),
      ("exit 127", .doubtful("exit status 127")),
      ("echo noise; exit 127", .doubtful("exit status 127")),
      ("cat /dev/zero | head -c 100000; echo", .doubtful("exit status 0 without a line 'ok REF'")),
      ("echo ok R3; yes | head -c 500000", .done(reference: "R3")), ("echo ok R; yes | head -c 500000; exit 77", .declined("")),
      ("yes >&2", .doubtful("it was ended, having printed more than 1 MiB: y")),
      ("echo ok R; yes '=exit 0'", .doubtful("it was ended, having printed more than 1 MiB")),
      ("echo ok R; echo '=exit 0'; kill -9 $$", .doubtful("ended by signal 9")),
      ("printf ok; printf ' R%063d' 0; yes '' | head -n 9000", .done(reference: "R" + String(repeating: "0", count: 63))),
      ("exec >&-; exit 69", .notAsked("the gateway could not be asked")),
    ] as [(String, GatewayAnswer)])
  func answers(script: String, answer: GatewayAnswer) throws {
    #expect(try gateway.calls(script).call(.charge, gateway.subject()) == answer)
  }

  /// Breaks when a command fills the disk, or what it has printed leaves no room for how it ended.
  @Test func anAnswerIsShort() throws {
    let calls = try gateway.calls("[ $3 = charge ] && exec yes; echo ok R; head -c 900000 /dev/zero")
    #expect(try calls.call(.charge, gateway.subject()) != nil)
    #expect(try calls.call(.status, gateway.subject()) == .done(reference: "R"))
    for name in gateway.folder.names(in: "pay/attempt") {
      #expect(try gateway.folder.read("pay/attempt/\(name)").utf8.count < 5000, "\(name)")
    }
    #expect(try calls.answerLeft(.charge, key: "KEY") == .doubtful("it was ended, having printed more than 1 MiB"))
    #expect(try calls.answerLeft(.status, key: "KEY") == .done(reference: "R"))
  }

  /// Breaks when a file that is too long, which was left before answers were kept short, is in the way of the next call.
  @Test func anAnswerThatIsTooLongIsAskedForAgain() throws {
    let calls = try gateway.calls("echo ok R")
    _ = try TestSupport.run("mkdir", ["-p", gateway.folder.file("pay/attempt")])
    let long = "ok OLD\n" + String(repeating: "x", count: 70_000)
    for end in ["", "\n=exit 0\n"] {
      try gateway.folder.write("pay/attempt/KEY.void", long + end)
      #expect(try calls.answerLeft(.void, key: "KEY") == nil)
    }
    #expect(try calls.call(.void, gateway.subject()) == .done(reference: "R"))
  }

  /// Breaks when a process that got away keeps its command's answer, or its locks.
  @Test func whatGetsAwayIsNotWaitedFor() throws {
    let calls = try gateway.calls("setsid sh -c 'echo $$ > \(gateway.folder.file("pid")); while :; do sleep 1; done' & echo ok R")
    #expect(try calls.call(.charge, gateway.subject()) == .done(reference: "R"))
    _ = try? TestSupport.run("kill", [try gateway.folder.read("pid").filter(\.isNumber)])
  }

  /// Breaks when a void is taken for confirmed by what says something else, or asks for a reference.
  @Test(
    arguments: [
      ("exit 0", GatewayAnswer.done(reference: "")), ("echo; exit 0", .done(reference: "")), ("echo ok", .done(reference: "")),
      ("echo ok R", .done(reference: "R")), ("echo nonsense", .doubtful("exit status 0 and neither a line 'ok REF' nor none")),
      ("echo ok two words", .doubtful("exit status 0 and neither a line 'ok REF' nor none")),
      ("echo okay", .doubtful("exit status 0 and neither a line 'ok REF' nor none")),
      ("echo not found >&2; echo x", .doubtful("exit status 0 and neither a line 'ok REF' nor none: not found")),
    ] as [(String, GatewayAnswer)])
  func voids(script: String, answer: GatewayAnswer) throws {
    #expect(try gateway.calls(script).call(.void, gateway.subject()) == answer)
    #expect(try gateway.calls("echo ok").call(.charge, gateway.subject()) == .doubtful("exit status 0 without a line 'ok REF'"))
  }

  /// Breaks when a program that cannot be executed counts as one that was asked.
  @Test func aProgramThatIsNoneWasNotAsked() throws {
    let calls = try gateway.calls("exit 0")
    try gateway.folder.writeProgram("gateway.sh", "#!/nowhere/interpreter\n")
    guard case .notAsked = try calls.call(.charge, gateway.subject()) else {
      Issue.record("taken for an answer")
      return
    }
    _ = try TestSupport.run("chmod", ["600", gateway.folder.file("gateway.sh")])
    // Root may execute nothing either that has no x at all.
    let failure = #expect(throws: Failure.self) { try calls.call(.charge, gateway.subject()) }
    #expect(failure?.kind == .unavailable)
  }

  /// Breaks when an answer that comes after the caller gave up is lost.
  @Test func aLateAnswerIsKept() throws {
    let calls = try gateway.calls(
      "while [ ! -e \(gateway.folder.file("go")) ]; do sleep 0.01; done; echo ok LATE", patience: .milliseconds(1))
    #expect(try calls.call(.charge, gateway.subject()) == nil)
    #expect(try calls.answerLeft(.charge, key: "KEY") == nil)
    try gateway.folder.write("go", "")
    #expect(try gateway.eventually { try calls.answerLeft(.charge, key: "KEY") } == .done(reference: "LATE"))
    try calls.forget(key: "KEY")
    #expect(gateway.folder.names(in: "pay/attempt").isEmpty)
  }

  /// Breaks when the lock that the caller held is free while its command is still at work.
  @Test func aCommandHoldsTheCallersLocks() throws {
    let calls = try gateway.calls("while [ ! -e \(gateway.folder.file("go")) ]; do sleep 0.01; done; echo ok R", patience: .milliseconds(1))
    do {
      let message = try gateway.root().directory.open("message", .create)
      #expect(try message.lock(.exclusive, wait: .never))
      #expect(try calls.call(.charge, gateway.subject()) == nil)
    }
    let again = try gateway.root().directory.open("message", .readWrite)
    #expect(try !again.lock(.exclusive, wait: .never))
    try gateway.folder.write("go", "")
    #expect(try again.lock(.exclusive, wait: .until(.after(.seconds(30)))))
    #expect(try calls.answerLeft(.charge, key: "KEY") == .done(reference: "R"), "free before the answer was there")
  }

  /// Breaks when a command that hangs, or what it has started, is there for ever.
  @Test func aCommandThatHangsIsEnded() throws {
    let calls = try gateway.calls(
      "sleep 1000 & echo $! > \(gateway.folder.file("pid")); sleep 1000", patience: .seconds(30), lifetime: .seconds(2))
    #expect(try calls.call(.charge, gateway.subject()) == .doubtful("it was ended, having run far too long"))
    let child = try gateway.folder.read("pid").filter(\.isNumber)
    _ = try gateway.eventually { try TestSupport.run("test", ["-e", "/proc/\(child)"]).status == 1 ? true : nil }
  }

  /// Breaks when a process in the background, which the command left, keeps its answer from being an answer.
  @Test func whatACommandLeavesIsEnded() throws {
    let calls = try gateway.calls("sleep 1000 & echo $! > \(gateway.folder.file("pid")); echo ok R")
    #expect(try calls.call(.charge, gateway.subject()) == .done(reference: "R"))
    let child = try gateway.folder.read("pid").filter(\.isNumber)
    _ = try gateway.eventually { try TestSupport.run("test", ["-e", "/proc/\(child)"]).status == 1 ? true : nil }
  }

  /// Breaks when a command goes on, with nobody holding its locks, after its supervisor was killed.
  @Test func aCommandEndsWithItsSupervisor() throws {
    let calls = try gateway.calls("echo $$ > \(gateway.folder.file("pid")); kill -9 $PPID; sleep 1000; echo ok R")
    #expect(try calls.call(.charge, gateway.subject()) == .doubtful("its supervisor was ended"))
    #expect(try calls.answerLeft(.charge, key: "KEY") == nil)
    let child = try gateway.folder.read("pid").filter(\.isNumber)
    _ = try gateway.eventually { try TestSupport.run("test", ["-e", "/proc/\(child)"]).status == 1 ? true : nil }
  }

  @Test(arguments: ["ledger", "exec", "exec ", "execute x", "", "/bin/true"]) func whatIsNoCommand(text: String) {
    #expect(GatewayCommand(text) == nil)
  }

  /// Breaks when a name is looked for anywhere but in the system's folders.
  @Test func aNameIsLookedUp() throws {
    #expect(try #require(GatewayCommand("exec sh -c x")).program?.hasSuffix("/sh") == true)
    #expect(try #require(GatewayCommand("exec no-such-program-here")).program == nil)
  }
}
