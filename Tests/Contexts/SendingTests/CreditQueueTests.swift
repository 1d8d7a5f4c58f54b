import MessageFormat
import Sending
import SharedKernel
import Testing

/// Messages that were promised and wait for credit of their sender.
@Suite struct CreditQueueTests {
  private let spool = MemorySpool()

  private func send(_ key: String, to recipient: String, by payer: String? = nil) throws -> Receipt {
    let alice = try #require(Name("alice"))
    let draft = try Draft(
      sender: alice, recipients: [try #require(Name(recipient))], subject: "", text: Array("hi".utf8), priority: .normal, maximumSize: 100)
    return try spool.sender.send(
      SendRequest(
        draft: draft, id: MessageID(sender: alice, key: key), isRepeatable: true, price: Amount(clamping: 1), date: spool.now,
        dateOffset: .utc, mayWait: true, payer: payer.flatMap { Name($0) }))
  }

  /// Breaks when a flush asks for the credit of one sender more than once, goes on with the younger message first, or leaves a mark.
  @Test func aFlushSendsAsFarAsTheCreditGoes() throws {
    spool.credit = 0
    for (key, recipient) in [("first", "bob"), ("second", "carol"), ("third", "dave")] {
      #expect(try send(key, to: recipient).state == .queued)
      spool.now = spool.now.adding(.seconds(1))
    }
    let alice = try #require(Name("alice"))
    let before = spool.calls.count { $0 == "charge" }
    #expect(spool.queue.flush().isEmpty && spool.delivered.isEmpty)
    #expect(spool.calls.count { $0 == "charge" } == before + 1)
    spool.credit = 2
    #expect(spool.queue.flush().isEmpty)
    #expect(spool.delivered == ["first", "second"].map { "\(MessageID(sender: alice, key: $0)).1" } && spool.credit == 0)
    spool.credit = 1
    #expect(spool.queue.flush().isEmpty && spool.delivered.count == 3)
    #expect(try spool.allMarks() == [])
  }

  /// Breaks when a message that one account cannot pay for holds up what another account of its sender pays for.
  @Test(arguments: [false, true]) func eachAccountPaysForItself(isFull: Bool) throws {
    spool.credit = 0
    let team = try #require(Name("team"))
    spool.poor = [team]
    #expect(try send("first", to: "bob", by: "team").state == .queued)
    spool.now = spool.now.adding(.seconds(1))
    #expect(try send("second", to: "carol").state == .queued)
    spool.credit = 5
    #expect((isFull ? spool.queue.flushAll() : spool.queue.flush()).isEmpty)
    #expect(spool.charges.values.map(\.recipient.text) == ["carol"] && spool.delivered.count == 1)
    spool.poor = []
    #expect((isFull ? spool.queue.flushAll() : spool.queue.flush()).isEmpty)
    #expect(spool.delivered.count == 2 && spool.credit == 3)
  }
}
