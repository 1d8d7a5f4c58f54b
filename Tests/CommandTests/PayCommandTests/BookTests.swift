import Foundation
import JSONText
import TestSupport
import Testing

/// What msg-pay says of the whole book, and how it meets a failing disk.
@Suite struct BookTests {
  private let spool = TestSpool()
  private func pay(_ words: String..., input: String? = nil) throws -> ToolRun { try spool.run("msg-pay", words, input: input) }

  private func fill() throws {
    _ = try pay("charge", "alice", "30", "--id", "a")
    _ = try pay("topup", "bob", "5", "--open", "--memo", "one; two | three")
    _ = try pay("charge", "bob", "1", "--id", "b")
    _ = try pay("void", "--id", "a")
    _ = try pay("void", "--id", "b")
  }

  /// Breaks when history lacks a key, a kind or a sign that scripts rely on.
  @Test func history() throws {
    #expect(try pay("topup", "x", "1", "--open").status == 0)
    #expect(try pay("history", "nobody").status == 1)
    try fill()
    let run = try pay("history", "--json", "alice")
    let records = try run.lines.map { try JSONValue(parsing: $0) }
    #expect(records.map { $0["kind"]?.string } == ["opening", "charge", "void"])
    #expect(records.map { $0["amount"]?.integer } == [100, -30, 30])
    #expect(records.map { $0["balance"]?.integer } == [100, 70, 100])
    for key in ["seq", "time", "kind", "id", "account", "amount", "balance", "memo"] { #expect(records.allSatisfy { $0[key] != nil }) }
    let all = try pay("history", "--json").lines
    for count in 0...10 {
      #expect(try pay("history", "--json", "--limit", "\(count)").lines == Array(all.suffix(count)), "the newest \(count)")
    }
    #expect(try pay("history", "--json", "alice", "--limit", "2").lines == Array(pay("history", "--json", "alice").lines.suffix(2)))
    #expect(try pay("history", "--limit", "1", "--until", "2000-01-01").status == 1)
    #expect(try pay("history", "--since", "2100-01-01").status == 1)
    #expect(try pay("history", "--until", "2000-01-01T00:00:00Z").status == 1)
    #expect(try pay("history", "--json", "--since", "2000-01-01").lines.count == 9)
  }

  /// Breaks when hledger does not read the journal, or finds other balances.
  @Test(arguments: ["credit", "₩", "kr 1", "KRW"]) func journal(currency: String) throws {
    try spool.folder.write("spool/config", "currency = \(currency)\nledger-segment-size = 4096\n")
    #expect(try pay("topup", "alice", "1", "--open").status == 0)
    try fill()
    for number in 0..<12 { _ = try pay("charge", "alice", "1", "--id", "n\(number)") }
    let journal = try pay("journal")
    #expect(journal.status == 0)
    let check = try TestSupport.run(
      "hledger", ["-f", "-", "check", "-s", "ordereddates"], input: journal.output, environment: ["LANG": "C.UTF-8"])
    #expect(check.status == 0, "\(check)")
    let balance = try TestSupport.run(
      "hledger", ["-f", "-", "balance", "-N", "liabilities:prepaid:alice"], input: journal.output, environment: ["LANG": "C.UTF-8"])
    #expect(balance.output.contains("-89"), "\(balance)")
  }

  /// Breaks when a quote is not what a message would cost, or does not say why.
  @Test func quote() throws {
    #expect(try pay("quote", "hello").output == "1 credit (flat price, whatever the length)\n")
    _ = try pay("topup", "alice", "1", "--open")
    try spool.folder.write("spool/config", "tariff = short:10:1, long:20:3\ncurrency = won\n")
    #expect(try pay("quote", "안녕하세요").output == "1 won (short: 10 of 10 bytes (ASCII counts 1, Hangul 2))\n")
    #expect(try pay("quote", input: "안녕하세요!\n").output.hasPrefix("3 won (long: 11 of 20 bytes"))
    #expect(try pay("quote", "-s", "제목", "안녕하세요").output.contains("subject 4, text 10"))
    #expect(try JSONValue(parsing: try pay("quote", "--json", "a").output.split(separator: "\n")[0].description)["price"]?.integer == 1)
    let long = try pay("quote", String(repeating: "x", count: 21))
    #expect(long.status == 65 && long.errors.contains("21"), "\(long)")
    try spool.folder.write("spool/config", "\ntariff = short\n")
    let bad = try pay("quote", "a")
    #expect(bad.status == 78 && bad.errors.contains("config:2:"), "\(bad)")
    try spool.folder.write("spool/config", "currency =\n")
    let nameless = try pay("quote", "a")
    #expect(nameless.status == 78 && nameless.errors.contains("config:1: currency"), "\(nameless)")
  }

  /// Breaks when damage is not named, or a repair does not end it.
  @Test func verifyAndRepair() throws {
    try fill()
    #expect(try pay("verify").description == "status 0\nstdout: \nstderr: ")
    let file = "spool/pay/ledger/00000001"
    try spool.folder.write(file, try spool.folder.read(file).replacing("TOPUP", with: "TOPPP"))
    let verify = try pay("verify")
    #expect(verify.status == 65)
    #expect(verify.lines.first == "pay/ledger/00000001:record 5: the checksum does not fit")
    // As after a restart: what the cache covers is not read again for every charge.
    try FileManager.default.removeItem(atPath: spool.folder.file("spool/pay/cache"))
    let refused = try pay("charge", "alice", "1", "--id", "c")
    #expect(refused.status == 65 && refused.errors.contains("msg-pay repair"), "\(refused)")
    let repair = try pay("repair")
    #expect(repair.status == 0 && repair.errors.contains("1 lost, 1 correction made"), "\(repair)")
    #expect(try pay("verify").status == 0)
    #expect(try pay("charge", "alice", "1", "--id", "c").status == 0)
    #expect(try pay("balance").output == "alice  99\nbob    105\n")
  }

  /// Breaks when a failed fdatasync is taken for success or tried again, or others go on writing (invariant 9).
  @Test func aFailedSyncPoisonsTheBook() throws {
    try fill()
    let failed = try TestSupport.run(
      "strace",
      [
        "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO", "\(toolFolder)/msg-pay", "--spool",
        spool.path,
      ]
        + ["charge", "alice", "1", "--id", "c"])
    #expect(failed.status == 74 && failed.errors.contains("msg-pay repair"), "\(failed)")
    let refused = try pay("charge", "alice", "1", "--id", "d")
    #expect(refused.status == 74 && refused.errors.contains("msg-pay repair"), "\(refused)")
    #expect(try pay("verify").status == 65)
    #expect(try pay("balance", "alice").status == 0, "people may still look")
    #expect(try pay("repair").status == 0)
    #expect(try pay("verify").description == "status 0\nstdout: \nstderr: ")
    #expect(try pay("charge", "alice", "1", "--id", "d").status == 0)
  }

  /// Breaks when a reader answers from a book whose end was cut off, though this boot saw it whole.
  @Test(arguments: [["balance"], ["balance", "alice"], ["history"], ["journal"], ["verify"]]) func aCutBookAnswersNothing(words: [String])
    throws
  {
    for number in 0..<3 { #expect(try pay("charge", "alice", "1", "--id", "n\(number)").status == 0) }
    #expect(try TestSupport.run("truncate", ["-s", "-100", spool.folder.file("spool/pay/ledger/00000001")]).status == 0)
    let run = try spool.run("msg-pay", words)
    #expect(run.status == 65, "\(run)")
    #expect(run.description.contains("pay/ledger/00000001:record "), "\(run)")
  }

  /// Breaks when many processes at once lose a charge, make one twice, or leave the book in disorder.
  @Test func manyProcessesAtOnce() throws {
    // Every key twice, eight processes at a time.
    let keys = (0..<20).flatMap { ["key\($0)", "key\($0)"] }.joined(separator: "\n")
    let command = ["-P", "8", "-I", "KEY", "\(toolFolder)/msg-pay", "--spool", spool.path, "charge", "alice", "1", "--id", "KEY"]
    let run = try TestSupport.run("xargs", command, input: keys)
    #expect(run.status == 0 && run.errors.isEmpty, "\(run)")
    #expect(try pay("balance", "alice").output == "80\n")
    #expect(try pay("verify").status == 0)
    #expect(try pay("history", "--json").lines.count == 21)
  }

  /// Breaks when a charge costs more system calls on the book than it has to.
  @Test func systemCallsOfACharge() throws {
    try fill()
    let log = spool.folder.file("strace")
    let run = try TestSupport.run(
      "strace", ["-f", "-qq", "-o", log, "\(toolFolder)/msg-pay", "--spool", spool.path, "charge", "alice", "1", "--id", "c"])
    #expect(run.status == 0)
    let calls = try spool.folder.read("strace").split(separator: "\n").drop { !$0.contains("boot_id") }
    func count(_ call: String) -> Int { calls.filter { $0.contains(" \(call)(") }.count }
    // Without strace's lines nothing would be counted at all. Two for the book, one each for limits and allowances.
    #expect(count("openat2") == 4)
    #expect(count("fdatasync") == 1 && count("fsync") == 0)
    #expect((1...4).contains(count("pwrite64")) && (4...8).contains(count("pread64")))
    #expect(count("flock") == 2)
  }
}
