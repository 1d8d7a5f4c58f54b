import Sending
import SharedKernel
import Testing

/// Repeats of a send under the same key that come at the worst moment.
@Suite struct RepeatRaceTests {
  private let spool = MemorySpool()

  private func request() throws -> SendRequest {
    let alice = try #require(Name("alice"))
    let draft = try Draft(
      sender: alice, recipients: [try #require(Name("bob"))], subject: "", text: Array("hi".utf8), priority: .normal, maximumSize: 100)
    return SendRequest(
      draft: draft, id: MessageID(sender: alice, key: "key"), isRepeatable: true, price: Amount(clamping: 1), date: spool.now,
      dateOffset: .utc
    )
  }

  /// The first send leaves the outbox for `voiding/`, charged, right when the repeat looks for it: the repeat must not take that
  /// charge for a message that was sent. Breaks when `voiding/` is looked at before `outbox/`, and when it is not finished before
  /// its key is used again.
  @Test func aRepeatWaitsForWhatIsBeingGivenUp() throws {
    let request = try request()
    spool.faults = ["deliver", "reverse"].map { MemorySpool.Fault(call: $0, occurrence: 1) }
    #expect(throws: Failure.self) { try spool.sender.send(request) }
    let first = try #require(spool.messages[.voiding]?[request.id])
    #expect(spool.charges[request.id] != nil)
    spool.move(first, to: .outbox)
    spool.interference = ("entry at outbox", { [spool] in spool.move(first, to: .voiding) })

    let receipt = try spool.sender.send(request)
    #expect(receipt.state == .delivered && !receipt.isRepeat)
    #expect(spool.delivered.count == 1 && spool.credit == 99)
    #expect(spool.calls.filter { ["reverse", "charge"].contains($0) } == ["charge", "reverse", "reverse", "charge"])
  }

  /// The first send ends between the repeat's look and its acceptance. Breaks when the repeat does not look again under its lock:
  /// it is then charged and delivered a second time.
  @Test func aRepeatLooksAgainOnceItHoldsTheKey() throws {
    let request = try request()
    var first: Receipt?
    spool.interference = ("accept", { [spool] in first = try? spool.sender.send(request) })
    let receipt = try spool.sender.send(request)
    #expect(first?.isRepeat == false && receipt.isRepeat && receipt.state == .delivered)
    #expect(spool.calls.count { $0 == "accept" } == 2 && spool.calls.count { $0 == "withdraw" } == 1)
    #expect(spool.delivered.count == 1 && spool.credit == 99)
  }
}
