import JSONText
import TestSupport
import Testing

/// What an integrator of a payment provider is told.
@Suite struct OutsideGatewayTests {
  private let spool = TestSpool()
  private var bank: String { spool.folder.file("bank") }
  private func pay(_ words: String...) throws -> ToolRun { try spool.run("msg-pay", words) }
  private func configure(_ command: String, _ more: String = "") throws {
    try spool.folder.write("spool/config", "gateway = bank\ngateway.bank = exec \(command)\ngateway.bank.timeout = 4000\n\(more)")
    #expect(try run("chmod", ["700", spool.path]).status == 0)
    if spool.folder.names(in: "spool").contains("format") { return }
    #expect(try run("msg-pay", ["topup", "alice", "1", "--open"], environment: ["MSG_SPOOL": spool.path]).status == 0)
  }

  /// Breaks when a gateway that keeps the contract is found fault with, or the test leaves money or files behind.
  @Test func aGoodGatewayPasses() throws {
    try configure("\(toolFolder)/msg-pay --spool \(bank) gateway")
    #expect(try run("msg-pay", ["--spool", bank, "open", "alice"]).status == 0)
    let test = try pay("gateway", "test")
    #expect(test.status == 0 && test.lines.count == 11 && test.lines.allSatisfy { $0.hasPrefix("ok ") }, "\(test)")
    #expect(test.errors.contains("one smallest unit"))
    #expect(try run("msg-pay", ["--spool", bank, "balance", "alice"]).output == "100\n")
    #expect(spool.folder.names(in: "spool/pay/attempt").isEmpty)
    let json = try pay("gateway", "test", "bank", "--json", "-q").lines.map { try JSONValue(parsing: $0) }
    #expect(json.count == 11 && json.allSatisfy { $0["ok"] == .bool(true) && $0["ms"]?.integer != nil })
    #expect(try pay("gateway", "test", "other").status == 66)
    let poor = try pay("gateway", "test", "--account", "=x")
    #expect(poor.status == 64)
  }

  /// Breaks when a fault of a gateway is not found, or not explained.
  @Test(arguments: [
    ("echo ok $3", ["charge after the void", "status of an unknown key", "charge that its void overtook"]),
    ("case $1 in status) exit 69;; void) exit 75;; esac; echo ok R", ["void", "status of the charge"]),
    ("exit 77", ["charge"]),
    ("[ $1 = charge ] && echo ok $$ || exit 69", ["charge again, same key"]),
  ]) func aFaultyGatewayIsFoundOut(script: String, steps: [String]) throws {
    try spool.folder.writeProgram("gateway", "#!/bin/sh\n\(script)\n")
    try configure(spool.folder.file("gateway"))
    let test = try pay("gateway", "test", "--json", "-q")
    #expect(test.status == 1)
    let failed = try test.lines.map { try JSONValue(parsing: $0) }.filter { $0["ok"] == .bool(false) }
    #expect(failed.allSatisfy { $0["problem"]?.string?.isEmpty == false })
    for step in steps { #expect(failed.contains { $0["step"]?.string == step }, "\(step): \(test)") }
  }

  /// Breaks when a gateway is found right whose time-out leaves no send enough time.
  @Test func aTimeOutThatNoSendWaitsForIsFoundOut() throws {
    try configure("\(toolFolder)/msg-pay --spool \(bank) gateway")
    #expect(try run("msg-pay", ["--spool", bank, "open", "alice"]).status == 0)
    try spool.folder.write("spool/config", spool.folder.read("spool/config").replacing("4000", with: "5000"))
    let test = try pay("gateway", "test", "-q")
    #expect(test.status == 1 && test.lines.last?.contains("all that a send without --timeout has") == true, "\(test)")
    #expect(try spool.run("msg-send", ["--from", "alice", "bob", "hello"]).status == 75)
  }

  /// Breaks when a test leaves its charge at a provider whose answer it did not understand.
  @Test func aChargeThatWasNotUnderstoodIsCalledOff() throws {
    try spool.folder.writeProgram("gateway", "#!/bin/sh\necho \"$@\" >> \(spool.folder.file("calls"))\n[ $1 = void ] || echo nonsense\n")
    try configure(spool.folder.file("gateway"))
    let test = try pay("gateway", "test")
    #expect(test.status == 1 && !test.errors.contains("may be left"), "\(test)")
    let calls = try spool.folder.read("calls").split(separator: "\n").map { $0.split(separator: " ") }
    #expect(calls.map(\.first) == ["charge", "void"] && calls[0].dropFirst() == calls[1].dropFirst(), "\(calls)")
    try spool.folder.writeProgram("gateway", "#!/bin/sh\nexit 3\n")
    #expect(try pay("gateway", "test").errors.contains("may be left there"))
  }

  /// Breaks when a number in a provider's list ends the program.
  @Test(arguments: ["9223372036854775807", "1000000000000000"]) func sumsBeyondAllNumbersAreRefused(amount: String) throws {
    try configure("/bin/true")
    try spool.folder.write("list.csv", String(repeating: "k,\(amount)\n", count: 9300))
    let refused = try pay("reconcile", spool.folder.file("list.csv"))
    #expect(refused.status == 65 && refused.errors.contains("list.csv:"), "\(refused)")
  }

  /// Breaks when hledger refuses an account's part of the book, because others pay at the same gateway.
  @Test func aPartOfTheJournalIsSoundToo() throws {
    try configure("\(toolFolder)/msg-pay --spool \(bank) gateway")
    for sender in ["alice", "dave", "alice"] {
      #expect(try run("msg-pay", ["--spool", bank, "open", sender]).status == 0)
      #expect(try spool.run("msg-send", ["--timeout", "60", "bob", "hi"], user: sender).status == 0)
    }
    let journal = try pay("journal", "--account", "alice").output
    let check = try run("hledger", ["-f", "-", "check", "-s"], input: journal, environment: ["LANG": "C.UTF-8"])
    #expect(check.status == 0 && journal.contains("assets:gateway:bank"), "\(check)\n\(journal)")
  }

  /// Breaks when a person reads UTC, or a program another zone.
  @Test func timesAreLocalForPeopleAndUTCForPrograms() throws {
    #expect(try pay("charge", "alice", "1", "--id", "a").status == 0)
    try configure("/bin/true")
    for command in [["status", "--id", "a"], ["breaker"]] {
      let day = "20[0-9]{2}-[0-9]{2}-[0-9]{2}"
      let text = try spool.run("msg-pay", command, environment: ["TZ": "XYZ-9"]).output
      #expect(try run("grep", ["-Eq", "\(day) [0-9]{2}:[0-9]{2}:[0-9]{2}"], input: text).status == 0, "\(text)")
      #expect(!text.contains("Z\n"), "\(text)")
      let json = try spool.run("msg-pay", command + ["--json"], environment: ["TZ": "XYZ-9"]).output
      #expect(try run("grep", ["-Eq", "\"\(day)T[0-9:]{8}[.][0-9]{6}Z\""], input: json).status == 0, "\(json)")
    }
  }

  /// Breaks when monitoring is told that all is well while nobody can pay.
  @Test func aMissingCommandIsNotHealthy() throws {
    try configure("/nonexistent/gateway")
    let check = try pay("breaker", "--check")
    #expect(check.status == 1 && check.output.isEmpty && check.errors.isEmpty, "\(check)")
    #expect(try JSONValue(parsing: pay("breaker", "--json").lines[0])["problem"]?.string?.contains("no program") == true)
    #expect(try pay("breaker").errors.contains("'/nonexistent/gateway' is no program that can be run"))
    try spool.folder.write("gateway", "#!/bin/sh\n")
    try configure(spool.folder.file("gateway"))
    #expect(try pay("breaker", "--check").status == 1, "not executable")
    try spool.folder.writeProgram("gateway", "#!/bin/sh\n")
    #expect(try pay("breaker", "--check").status == 0)
    #expect(try pay("gateway", "test").status == 1)
  }

  /// Breaks when a person looks for credit where it is not.
  @Test func aBalanceSaysThatTheMoneyIsElsewhere() throws {
    try configure("/nonexistent/gateway")
    for words in [["balance"], ["balance", "alice"]] {
      let balance = try spool.run("msg-pay", words)
      #expect(balance.status == 0 && balance.errors.contains("messages are paid at gateway bank"), "\(balance)")
    }
    #expect(try pay("balance", "alice", "-q").errors.isEmpty)
  }

  /// Breaks when a difference between a provider's list and the book is not found, or one is found that is none.
  @Test func reconcile() throws {
    try configure("\(toolFolder)/msg-pay --spool \(bank) gateway")
    #expect(try run("msg-pay", ["--spool", bank, "open", "alice"]).status == 0)
    var ids: [String] = []
    for text in ["one", "two", "three"] {
      ids.append(try #require(try spool.run("msg-send", ["--print-id", "--timeout", "60", "bob", text]).lines.first))
    }
    #expect(try pay("refund", ids[2]).status == 0)
    let records = try pay("history", "--json").lines.map { try JSONValue(parsing: $0) }.filter { $0["kind"]?.string == "charge" }
    let keys = records.compactMap { $0["key"]?.string }
    #expect(keys.count == 3 && zip(keys, ids).allSatisfy { $0.hasPrefix($1) })
    let bankKeys = try run("msg-pay", ["--spool", bank, "history", "--json"]).lines.compactMap { try JSONValue(parsing: $0)["id"]?.string }
    #expect(Set(keys).isSubset(of: bankKeys), "the key that the provider saw")
    func compare(_ list: String) throws -> ToolRun {
      try spool.folder.write("list.csv", list)
      return try pay("reconcile", spool.folder.file("list.csv"))
    }
    let same = try compare("date,key,amount\n2026,\(keys[0]),1\n2026,\(keys[1]),1\n2026,\(keys[2]),1\n2026,\(keys[2]),-1\n")
    #expect(same.status == 0 && same.output.isEmpty, "\(same)")
    let other = try compare("\(keys[0]),2\n\(keys[2]),1\nunknown,5\n")
    #expect(other.status == 1)
    for line in [
      "\(keys[0]): the provider has 2, the book has 1 (charged)", "\(keys[1]): the provider has nothing, the book has 1 (charged)",
      "\(keys[2]): the provider has 1, the book has 0 (refunded)", "unknown: the provider has 5, the book does not know it",
    ] { #expect(other.lines.contains(line), "\(line)\n\(other)") }
    #expect(other.lines.count == 4)
    #expect(try compare("key;amount\n").status == 65)
    #expect(try pay("reconcile", "/nonexistent").status == 66)
  }
}
