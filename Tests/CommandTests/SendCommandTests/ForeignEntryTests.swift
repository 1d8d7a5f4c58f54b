import Foundation
import JSONText
import SpoolLayout
import TestSupport
import Testing

/// Whatever else lies in the folders of a spool stops no command: it is passed over, and nothing of ours is lost.
@Suite struct ForeignEntryTests {
  enum Plant: String, CaseIterable {
    case text, empty, directory, fifo, socket, link, danglingLink, device, sparse, farFuture, farPast, undecodable, unreadable

    /// A shell command that makes it as `$n` in the working directory.
    var recipe: String {
      switch self {
      case .text: "echo hello > \"$n\""
      case .empty: ": > \"$n\""
      case .directory: "mkdir -- \"$n\""
      case .fifo: "mkfifo -- \"$n\""
      case .socket: "python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' \"$n\" 2> /dev/null"
      case .link: "ln -s -- /etc/passwd \"$n\""
      case .danglingLink: "ln -s -- /nowhere/x \"$n\""
      case .device: "mknod -- \"$n\" c 1 5"
      case .sparse: "truncate -s 3G -- \"$n\""
      case .farFuture: "echo x > \"$n\" && touch -d 5138-11-16 -- \"$n\""
      case .farPast: "echo x > \"$n\" && touch -d 1901-12-14 -- \"$n\""
      case .undecodable: "n=\"${n%????}$(printf '\\377\\300')\" && echo hello > \"$n\""
      case .unreadable: "echo x > \"$n\" && chmod 0 -- \"$n\""
      }
    }

    /// Whether it can have so long a name, and be made by whoever runs the tests.
    func canBe(_ name: String) -> Bool { self == .socket ? name.utf8.count < 100 : self != .device || getuid() == 0 }
  }

  /// What the commands answer in a spool without foreign entries, in this order; the last ones change it.
  private static let commands: [(tool: String, words: [String], status: Int32)] = [
    ("msg-read", ["--count"], 0), ("msg-read", ["--all"], 0), ("msg-read", ["--all", "--match", "hi"], 0),
    ("msg-read", ["--peek", "1"], 0),
    ("msg-send", ["--list"], 0), ("msg-send", ["--sent"], 0), ("msg-send", ["--status", "unknown"], 66),
    ("msg-pay", ["balance"], 0), ("msg-pay", ["history"], 0), ("msg-pay", ["history", "alice", "--limit", "2"], 0),
    ("msg-pay", ["verify"], 0), ("msg-pay", ["journal"], 0), ("msg-pay", ["doubt"], 1), ("msg-pay", ["breaker"], 1),
    ("msg-alarmd", ["status"], 3), ("msg-alarmd", ["history"], 0), ("msg-alarmd", ["silence", "--list"], 0),
    ("msg-send", ["dave", "again"], 0), ("msg-send", ["--flush", "--all"], 0), ("msg-send", ["--cancel", "later"], 0),
    ("msg-alarmd", ["replay", "--dead"], 0), ("msg-alarmd", ["replay", "--dead", "--yes"], 0), ("msg-alarmd", ["--once"], 1),
    ("msg-pay", ["topup", "alice", "1", "--open"], 0),
  ]

  /// Every folder that a spool can have, beside mailboxes and what has a name of its own in each spool.
  private static let allFolders: [SpoolFolder] = [
    .temporary, .outbox, .deferred, .dueTimes, .dueCredit, .voiding, .failed, .removed, .bad, .mailboxes, .order, .views, .payments,
    .ledger,
    .ledgerCache, .breakers, .slots, .attempts, .refunds, .feed, .consumers, .alarms, .hooks, .history, .receivers, .silences, .deadLetters,
    .replays,
  ]

  /// A spool with something in every folder: read and unread, scheduled, waiting for credit, given up, silenced, dead letters.
  private func template() throws -> TestSpool {
    let spool = TestSpool()
    #expect(try spool.run("msg-send", ["alice", "hi"]).status == 0)
    try spool.folder.write("spool/config", "keep-sent = yes\n")
    try spool.folder.writeProgram("spool/alarms/hooks/log", "#!/bin/sh\ncat > /dev/null\n[ \"$MSG_ALARM_TO\" != zed ] || exit 1\n")
    #expect(try spool.run("msg-send", ["alice,carol", "hi both"]).status == 0)
    #expect(try spool.run("msg-send", ["zed", "never told"]).status == 0)
    #expect(try spool.run("msg-send", ["--at", "+2h", "--id", "later", "bob", "later"]).status == 0)
    #expect(try spool.run("msg-send", ["--at", "+2h", "--id", "gone", "bob", "gone"]).status == 0)
    #expect(try spool.run("msg-send", ["--cancel", "gone"]).status == 0)
    #expect(try spool.run("msg-pay", ["charge", "poor", "100", "--id", "all"]).status == 0)
    #expect(try spool.run("msg-send", ["--queue", "bob", "no credit"], user: "poor").status == 0)
    #expect(try spool.run("msg-read", ["1"]).status == 0)
    #expect(try spool.run("msg-read", ["--delete", "1"], user: "carol").status == 0)
    #expect(try spool.run("msg-alarmd", ["--once"]).status == 1, "a dead letter")
    #expect(try spool.run("msg-alarmd", ["silence", "--to", "dave"]).status == 0)
    for folder in Self.allFolders {
      try FileManager.default.createDirectory(atPath: spool.folder.file("spool/\(folder)"), withIntermediateDirectories: true)
    }
    _ = try run("chmod", ["-R", "go=", spool.path])
    return spool
  }

  /// Names that a folder might be asked for: what it has, with other numbers, and what its readers look for.
  private func names(near present: [String]) -> [String] {
    var names = ["99999999999999999999999999999999", "-1", "x.json", "x.jsonl", String(repeating: "a", count: 255)]
    for name in present.prefix(6) {
      for digits in [
        "9999999999999", String(repeating: "9", count: 19), String(repeating: "9", count: 20), String(repeating: "9", count: 30),
      ] {
        names.append(name.replacing(/^[0-9]+/) { _ in digits })
        names.append(name.replacing(/[0-9]+(?=[^0-9]*$)/) { _ in digits })
      }
    }
    return Set(names).subtracting(present).filter { $0.utf8.count < 256 }.sorted()
  }

  private func folders(of spool: TestSpool) throws -> [String] {
    try run("find", [spool.path, "-type", "d"]).lines
  }

  private func identifiers(_ spool: TestSpool) throws -> Set<String> {
    Set(try spool.run("msg-read", ["--all", "--json"]).lines.compactMap { try JSONValue(parsing: $0)["id"]?.string })
  }

  /// Breaks when an entry that is none of ours ends a command, changes its status, keeps it waiting, or hides what is ours.
  @Test(arguments: Plant.allCases) func nothingForeignStopsACommand(plant: Plant) throws {
    let spool = try template()
    let known = try identifiers(spool)
    #expect(known.count == 2)
    var planted = 0
    for folder in try folders(of: spool) {
      let present = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      let names = names(near: present).filter(plant.canBe)
      let made = try run("sh", ["-c", "cd \"$0\" && for n; do \(plant.recipe) || exit; done", folder] + names)
      #expect(made.status == 0, "\(made)")
      planted += names.count
    }
    #expect(planted > 200 || !plant.canBe("x"))
    for (tool, words, status) in Self.commands {
      // Root reads what it may not read unless it is kept from that.
      let limited = plant == .unreadable && getuid() == 0 ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] : []
      let command = limited + ["timeout", "-s", "KILL", "60", "\(toolFolder)/\(tool)"] + words
      let outcome = try run(
        command[0], Array(command.dropFirst()), environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice"])
      // A message that is too large to be read or searched is named.
      let reads = words.contains("--match") || words.contains("--peek")
      var expected: [Int32] = plant == .sparse && reads ? [status, 65] : [status]
      if plant == .unreadable, tool == "msg-read" { expected.append(77) }
      #expect(expected.contains(outcome.status), "\(tool) \(words) with \(plant): \(outcome)")
      let lines = outcome.errors.split(separator: "\n")
      #expect(Set(lines).count == lines.count, "\(tool) \(words) says something twice: \(outcome)")
    }
    #expect(try identifiers(spool).isSuperset(of: known))
  }
}
