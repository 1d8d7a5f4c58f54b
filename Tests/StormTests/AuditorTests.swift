import Testing

/// The auditor must see each deliberate fault, and nothing where all is well.
@Suite struct AuditorTests {
  @Test func aTrueRecordIsClean() { #expect(Auditor.audit(CleanRecord.record).isEmpty) }

  @Test(arguments: DeliberateFault.allCases) func aDeliberateFaultIsSeen(_ fault: DeliberateFault) throws {
    var record = CleanRecord.record
    let expected = try #require(fault.tamper(with: &record))
    let found = Auditor.audit(record)
    #expect(found.contains { $0.contains(expected) }, "\(found)")
  }

  private func violations(_ tamper: (inout StormRecord) -> Void) -> [String] {
    var record = CleanRecord.record
    tamper(&record)
    return Auditor.audit(record)
  }

  /// The balances agree, but no command was told the id.
  @Test func aChargeThatNobodyAskedFor() {
    let found = violations {
      $0.movements.append(Movement(kind: "charge", id: "ID9", account: "ann", amount: -1, balance: 98))
      $0.balances["ann"] = 98
      $0.journalBalances["ann"] = 98
    }
    #expect(found.count == 1 && found[0].contains("charged under ID9"), "\(found)")
  }

  @Test func balancesThatDiffer() {
    #expect(violations { $0.journalBalances["ann"] = 98 }.contains { $0.contains("by history, balance and hledger") })
  }

  @Test func aGapInTheFeed() { #expect(violations { $0.feed = [1, 3] }.contains { $0.contains("lacks [2]") }) }

  @Test func somethingIsLeft() { #expect(violations { $0.leftovers = ["outbox/ID1"] }.contains { $0.contains("outbox/ID1") }) }

  @Test func anAnswerThatComesLate() { #expect(violations { $0.commands[0].end = 7 }.contains { $0.contains("slower than its time-out") }) }

  @Test func aRepeatWithAMarkIsTrue() {
    #expect(violations { $0.told.append(CleanRecord.alarm(redelivered: true)) }.isEmpty)
  }

  @Test func aRepeatWithOtherContent() {
    let found = violations {
      $0.told.append(CleanRecord.alarm(redelivered: true))
      $0.told[1].content = "arrived ID2"
    }
    #expect(found.contains { $0.contains("told again with other content") }, "\(found)")
  }

  /// A gateway outside may decline what waited; the same key is then sent anew.
  @Test func aFailureOfWhatIsDelivered() {
    let failed = ToldAlarm(
      id: "A2", attempt: 1, redelivered: false, status: 0, content: "failed ID1",
      items: [ToldItem(alarm: "A2", kind: "failed", receiver: "ann", message: "ID1")])
    func isSeen(tries: Int, bank: [String: Int]?) -> Bool {
      violations {
        $0.told.append(failed)
        $0.bank = bank
        for _ in 1..<tries { $0.commands.append(CleanRecord.send(CleanRecord.plan, 0, id: "ID1")) }
      }.contains { $0.contains("was told that message t1 failed, and it is delivered") }
    }
    #expect(isSeen(tries: 1, bank: ["ID1": 1]) && isSeen(tries: 2, bank: nil))
    #expect(!isSeen(tries: 2, bank: ["ID1": 1]))
  }

  @Test func aHookThatReadNoAlarm() { #expect(violations { $0.garbled = ["0 "] }.contains { $0.contains("no whole alarm") }) }

  /// Killed, a send promises nothing: there and paid, or neither.
  @Test func aKilledSend() {
    #expect(violations { $0.commands[0].answer = .killed }.isEmpty)
    #expect(violations { $0.commands[1].answer = .killed }.isEmpty)
    #expect(!violations { ($0.commands[0].answer, $0.copies) = (.killed, []) }.isEmpty)
  }

  /// A cancellation that was answered 0 is final for what had been tried before it, and for nothing later.
  @Test func aCancellation() {
    let cancel = Step(tool: "msg-send", arguments: ["--cancel", "ID1"], user: "ann", purpose: .cancel(tag: "t1"))
    func cancelled(at start: Double) -> [String] {
      violations {
        $0.commands.append(CommandRecord(step: cancel, start: start, end: start + 0.1, answer: .status(0), output: "", errors: ""))
      }
    }
    #expect(cancelled(at: 1).contains { $0.contains("message t1 was refused or cancelled, and was delivered") })
    #expect(cancelled(at: -1).isEmpty)
  }
}
