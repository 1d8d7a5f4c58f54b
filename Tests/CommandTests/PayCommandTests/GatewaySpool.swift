import JSONText
import TestSupport
import Testing

/// A spool whose payments go to a gateway: a shell script, or msg-pay on a spool that is the bank.
struct GatewaySpool {
  let spool = TestSpool()
  var bank: String { spool.folder.file("bank") }
  /// What the script notes of its calls.
  var log: String { spool.folder.file("calls") }

  /// The gateway's command is that of `msg-pay gateway` on the bank.
  init(bankWith settings: String = "") throws {
    try configure("gateway = exec \(toolFolder)/msg-pay --spool \(bank) gateway\n\(patient)\n\(settings)")
  }

  /// A shell script, which gets the contract's words as `$1` to `$5`, and `$bank` to go on to the bank with.
  init(script: String, _ settings: String = "") throws {
    try write(script: script)
    try configure("gateway = exec \(spool.folder.file("gateway.sh"))\n\(settings.isEmpty ? patient : settings)")
  }

  /// Nothing here is about time, so no machine is too slow.
  private var patient: String { "gateway.default.timeout = 4000" }

  func configure(_ text: String) throws {
    try spool.folder.write("spool/config", "")
    _ = try run("chmod", ["700", spool.path])
    let made = try send("--flush")
    guard made.status == 0 else { throw HarnessFailure("\(made)") }
    try spool.folder.write("spool/config", text + "\n")
  }

  func write(script: String) throws {
    let head = "#!/bin/sh\nbank='\(toolFolder)/msg-pay --spool \(bank) gateway'\necho \"$1 $2\" >> \(log)\n"
    try spool.folder.writeProgram("gateway.sh", head + script + "\n")
  }

  func send(_ words: String..., input: String? = nil, environment: [String: String] = [:]) throws -> ToolRun {
    try spool.run("msg-send", words, input: input, environment: environment)
  }

  func pay(_ words: String...) throws -> ToolRun { try spool.run("msg-pay", words) }

  /// The verbs the script was called with, in order.
  func calls() -> [String] {
    ((try? spool.folder.read("calls")) ?? "").split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  /// What the bank took from alice; all of it came from nothing else than sends.
  func charged() throws -> Int {
    let balance = try run("msg-pay", ["--spool", bank, "balance", "alice"])
    return balance.status == 0 ? 100 - (Int(balance.output.dropLast()) ?? 0) : 0
  }

  func delivered(to name: String = "bob") -> Int { spool.messages(of: name).count }

  /// Both books are right, what is delivered is charged and the other way round, and nothing is open any more.
  func expectSettled(delivered count: Int, charged amount: Int? = nil) throws {
    let (sent, paid) = (delivered(), try charged())
    #expect(sent == count && paid == amount ?? count, "\(sent) delivered, \(paid) charged, expected \(count)")
    for path in [spool.path, bank] {
      let verified = try run("msg-pay", ["--spool", path, "verify"])
      #expect(verified.status == 0 || verified.status == 66, "\(verified)")
    }
    let doubt = try pay("doubt")
    #expect(doubt.status == 1, "\(doubt)")
    #expect(spool.folder.names(in: "spool/outbox").isEmpty && spool.folder.names(in: "spool/voiding").isEmpty)
    #expect(spool.folder.names(in: "spool/pay/attempt").isEmpty)
  }

  /// Lets ordinary commands go on until nothing is left to do. A call that outlives its caller keeps its message to itself until
  /// it has ended.
  func recover() throws {
    for _ in 0..<600 {
      _ = try send("--flush", "--timeout", "20")
      if spool.folder.names(in: "spool/outbox").isEmpty, spool.folder.names(in: "spool/voiding").isEmpty { return }
      _ = try run("sleep", ["0.05"])
    }
    throw HarnessFailure("never settled: \(try send("--flush", "--timeout", "20"))")
  }
}

extension ToolRun {
  /// The objects on standard output, one a line.
  func objects() throws -> [JSONValue] { try lines.map { try JSONValue(parsing: $0) } }
}
