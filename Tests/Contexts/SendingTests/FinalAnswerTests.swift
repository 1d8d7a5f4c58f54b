import Sending
import SharedKernel
import Testing

/// Invariant 10: an answer is true, whatever fails. Every call of every port fails once and for good, with nothing else failing and
/// where a message can be neither withdrawn nor voided.
@Suite struct FinalAnswerTests {
  enum Send: CaseIterable { case plain, severalRecipients, queued, scheduled, repeated, declined }

  private static let date = Timestamp(seconds: 1_790_000_000)

  private func request(_ send: Send) throws -> SendRequest {
    let alice = try #require(Name("alice"))
    let recipients = try (send == .severalRecipients ? ["bob", "carol", "dave"] : ["bob"]).map { try #require(Name($0)) }
    let draft = try Draft(
      sender: alice, recipients: recipients, subject: "", text: Array("hi".utf8), priority: .normal,
      notBefore: send == .scheduled ? Self.date.adding(.seconds(600)) : nil, maximumSize: 100)
    return SendRequest(
      draft: draft, id: MessageID(sender: alice, key: "key"), isRepeatable: send == .repeated,
      price: Amount(clamping: send == .declined ? 101 : 1), date: Self.date, dateOffset: .utc, mayWait: send == .queued || send == .repeated
    )
  }

  /// A spool before the send. One that is repeated waits there for its next attempt, which is due.
  private func spool(_ send: Send) throws -> MemorySpool {
    let spool = MemorySpool()
    if send == .repeated {
      spool.faults = [MemorySpool.Fault(call: "charge", occurrence: 1, kind: .temporary)]
      #expect(try spool.sender.send(request(send)).state == .queued)
    }
    spool.faults = []
    return spool
  }

  private func answer(_ send: Send, on spool: MemorySpool) throws -> Result<Receipt, Failure> {
    let request = try request(send)
    return Result { () throws(Failure) in try spool.sender.send(request) }
  }

  /// The calls of an undisturbed send, each by its name and which one of that name it is.
  private func calls(_ send: Send) throws -> [(name: String, occurrence: Int)] {
    let spool = try spool(send)
    let before = spool.calls
    _ = try answer(send, on: spool)
    let names = spool.calls
    return names.indices.dropFirst(before.count).map { index in (names[index], names[...index].count { $0 == names[index] }) }
  }

  private func expectTrue(_ send: Send, _ faults: [MemorySpool.Fault]) throws {
    let spool = try spool(send)
    spool.faults = faults
    let answer = try answer(send, on: spool)
    let copies = try request(send).draft.recipients.count
    // The send before a repeat was answered 0, and that stays true.
    let mustArrive = if case .success = answer { true } else { send == .repeated }
    if case .success(let receipt) = answer, receipt.state == .delivered {
      #expect(spool.delivered.count == copies && spool.charges.count == 1, "\(faults): \(answer)")
    } else if case .failure = answer {
      #expect(spool.delivered.isEmpty, "\(faults): \(answer)")
    }
    spool.faults = []
    for _ in 0..<3 {
      spool.now = spool.now.adding(.seconds(3600))
      for note in spool.recovery.recover(limit: .max) + spool.queue.flushAll() { Issue.record("\(note)") }
    }
    #expect(spool.delivered.count == (mustArrive ? copies : 0), "\(faults): \(answer)")
    #expect(Set(spool.delivered).count == spool.delivered.count, "delivered twice \(faults): \(answer)")
    #expect(spool.charges.count == (mustArrive ? 1 : 0) && spool.credit == (mustArrive ? 99 : 100), "\(faults): \(answer)")
    #expect(spool.messages.values.flatMap(\.keys) == [], "something is left \(faults): \(answer)")
  }

  private static let neither = ["withdraw", "moveToVoiding"].map { MemorySpool.Fault(call: $0, occurrence: 1, isLasting: true) }

  @Test(arguments: Send.allCases) func everyAnswerIsTrue(send: Send) throws {
    let calls = try calls(send)
    #expect(calls.map(\.name).contains(send == .repeated ? "requeue" : "accept"), "nothing was sent")
    for (name, occurrence) in calls {
      for isLasting in [false, true] {
        for kind in [Failure.Kind.inputOutput, .temporary] {
          for others in [[], Self.neither] {
            try expectTrue(send, [MemorySpool.Fault(call: name, occurrence: occurrence, isLasting: isLasting, kind: kind)] + others)
          }
        }
      }
    }
  }

  /// A charge that was made, and whose answer is lost.
  @Test(arguments: Send.allCases) func aChargeMayBeMadeAndFail(send: Send) throws {
    for others in [[], Self.neither] {
      let occurrence = send == .repeated ? 2 : 1
      try expectTrue(send, [MemorySpool.Fault(call: "charge", occurrence: occurrence, isCarriedOut: true)] + others)
    }
  }
}
