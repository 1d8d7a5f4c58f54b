import TestSupport
import Testing

/// `msg-pay gateway`: the contract from the bank's side.
@Suite struct GatewayFormTests {
  private let spool = TestSpool()
  private func ask(_ verb: String, _ key: String, _ amount: String = "3", _ currency: String = "credit", _ account: String = "alice") throws
    -> ToolRun
  {
    try spool.run("msg-pay", ["gateway", verb, key, amount, currency, account])
  }

  private func balance() throws -> String { try spool.run("msg-pay", ["balance", "alice"]).output }

  /// Breaks when an answer is not `ok REF` alone, or another the second time.
  @Test func aChargeIsAnsweredTheSameTwice() throws {
    let first = try ask("charge", "KEY-2"), second = try ask("charge", "KEY-2")
    #expect(first.status == 0 && first.output.hasPrefix("ok ") && first.lines.count == 1 && first.errors.isEmpty, "\(first)")
    #expect(second.status == 0 && second.output == first.output, "\(second)")
    #expect(try ask("status", "KEY-2").output == first.output)
    #expect(try balance() == "97\n")
    #expect(try ask("charge", "KEY-2", "4").status == 65, "another amount under the same key")
    for _ in 0..<2 { #expect(try ask("void", "KEY-2").status == 0) }
    #expect(try balance() == "100\n")
  }

  /// Breaks when one verb answers for another charge than the one that it is asked about, or gives it back.
  @Test func everyVerbIsAboutOneCharge() throws {
    #expect(try ask("charge", "paid").status == 0)
    #expect(try ask("charge", "dear", "101").status == 77)
    #expect(try ask("void", "early").status == 0)
    #expect(try ask("charge", "back").status == 0)
    #expect(try ask("void", "back").status == 0)
    for key in ["paid", "dear", "early", "back"] {
      for verb in ["charge", "status", "void"] {
        for (amount, account) in [("5", "alice"), (key == "dear" ? "101" : "3", "bob")] {
          let asked = try ask(verb, key, amount, "credit", account)
          #expect(asked.status == 65 && asked.output.isEmpty && asked.errors.contains("another"), "\(verb) \(key): \(asked)")
        }
      }
    }
    #expect(try balance() == "97\n")
    #expect(try spool.run("msg-pay", ["balance", "bob"]).status == 66, "no account is opened by that")
    #expect(try ask("status", "paid").status == 0)
    #expect(try ask("void", "paid").status == 0)
    #expect(try balance() == "100\n")
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }

  /// Breaks when a top-up is taken for a charge.
  @Test func aTopUpIsNoCharge() throws {
    #expect(try spool.run("msg-pay", ["topup", "alice", "3", "--open", "--id", "more"]).status == 0)
    for verb in ["charge", "status", "void"] { #expect(try ask(verb, "more").status == 65, "\(verb)") }
    #expect(try balance() == "103\n")
  }

  /// Breaks when a key that was given up is charged by a call that comes late.
  @Test func aVoidThatComesFirstIsRemembered() throws {
    #expect(try ask("void", "early").status == 0)
    #expect(try ask("charge", "early").status == 77)
    #expect(try ask("status", "early").status == 77)
    #expect(try ask("void", "early").status == 0)
    #expect(try balance() == "100\n")
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }

  /// Breaks when a declined key is charged later on.
  @Test func aDeclineIsRemembered() throws {
    let declined = try ask("charge", "dear", "101")
    #expect(declined.status == 77 && declined.errors.contains("no credit"), "\(declined)")
    #expect(try spool.run("msg-pay", ["topup", "alice", "50", "--open"]).status == 0)
    #expect(try ask("charge", "dear", "101").status == 77)
    #expect(try ask("status", "dear", "101").status == 77)
    #expect(try ask("void", "dear", "101").status == 0)
    #expect(try ask("charge", "dear-2", "101").status == 0)
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }

  /// Breaks when what was certainly not done is left in doubt, or the other way round.
  @Test func whatCannotBeAskedIs69() throws {
    #expect(try ask("status", "KEY").status == 69, "no spool")
    _ = try spool.run("msg-pay", ["topup", "bob", "1", "--open"])
    let unknown = try ask("status", "KEY")
    #expect(unknown.status == 69 && unknown.output.isEmpty && unknown.errors.contains("'KEY'"), "\(unknown)")
    #expect(try ask("charge", "KEY", "3", "won").status == 69)
    try spool.folder.write("spool/config", "shared = maybe\n")
    #expect(try ask("charge", "KEY").status == 69)
    try spool.folder.write("spool/config", "")
    _ = try run("chmod", ["o+w", spool.path])
    #expect(try ask("charge", "KEY").status == 69)
    _ = try run("chmod", ["o-w", spool.path])
    let whole = try ask("charge", "KEY")
    #expect(whole.status == 0, "\(whole)")
    _ = try run(
      "sh",
      [
        "-c",
        "printf x | dd of='\(spool.path)/pay/ledger/00000001' bs=1 seek=600 conv=notrunc 2>/dev/null; rm -r '\(spool.path)/pay/cache'",
      ])
    let damaged = try ask("status", "KEY")
    #expect(![0, 69, 75, 77].contains(damaged.status), "a damaged book knows nothing for certain: \(damaged)")
  }

  @Test(arguments: [
    [], ["charge"], ["charge", "K", "1", "credit"], ["pay", "K", "1", "credit", "alice"], ["charge", "K", "-1", "credit", "alice"],
    ["charge", "K", "1", "credit", "-"],
  ])
  func whatIsNoQuestionIs64(words: [String]) throws {
    let run = try spool.run("msg-pay", ["gateway"] + words)
    #expect(run.status == 64 && run.output.isEmpty, "\(run)")
  }
}
