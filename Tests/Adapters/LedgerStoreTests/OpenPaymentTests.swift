import SpoolLayout
import Ledger
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import LedgerStore

/// Payments at gateways whose outcome is open, across segments, restarts and repairs.
@Suite struct OpenPaymentTests {
  private var book = TestBook()
  private let bank: GatewayName

  init() throws {
    bank = try #require(GatewayName("bank"))
    book.segmentSize = 4096
  }

  private struct Unexpected: Error {}

  @discardableResult
  private func intend(_ key: String) throws -> Payment {
    guard
      case .ask(let payment) = try book.ledger().intend(
        try book.request(key), at: bank, salt: KeySalt(random: [UInt8](repeating: 7, count: KeySalt.size)))
    else { throw Unexpected() }
    return payment
  }

  private func segments() throws -> Int { try LedgerPaths.segments(in: try SpoolRoot(opening: book.folder.path)).count }

  private func open() throws -> [String] {
    try book.file(.reading).snapshot().openPayments().map { "\($0.state.rawValue) \($0.id)" }.sorted()
  }

  private func fill() throws {
    let before = try segments()
    var number = 0
    while try segments() < before + 3 {
      try book.charge("fill \(before) \(number)", 0)
      number += 1
    }
  }

  /// Breaks when a new segment forgets a payment that is open, or goes on with one that is over.
  @Test func theyAreCarriedForward() throws {
    let pending = try intend("pending")
    let reversing = try intend("reversing")
    _ = try book.ledger().void(reversing.id)
    let over = try intend("over")
    _ = try book.ledger().conclude(over, .charged(reference: "R"))
    try fill()
    let expected = ["pending \(pending.id)", "reversing \(reversing.id)"]
    #expect(try open() == expected.sorted())
    #expect(try book.faults() == [])
    // Only the segments of the last 35 days are read for ids after a restart; an open payment is in each.
    try book.restart()
    let root = try SpoolRoot(opening: book.folder.path)
    for number in 1..<(try segments()) { _ = try root.directory.remove(LedgerPaths.segment(number)) }
    #expect(try open() == expected.sorted())
    let known = try #require(try book.ledger(.reading).payment(of: pending.id))
    #expect(known.state == .pending && known.external == pending.external && known.fingerprint == pending.fingerprint)
    #expect(known.time == book.time)
    #expect(try book.ledger().conclude(known, .charged(reference: "late")).state == .charged)
    #expect(try book.ledger().confirmReversal(try #require(try book.ledger().payment(of: reversing.id))).state == .voided)
    #expect(try open() == [])
    try fill()
    #expect(try open() == [] && book.faults() == [])
    #expect(try book.ledger(.reading).balance(of: try #require(Name("alice"))) == 100)
  }

  /// Breaks when a head that lacks an open payment is taken for whole.
  @Test func aHeadWithoutOneIsAFault() throws {
    let payment = try intend("pending")
    try fill()
    let root = try SpoolRoot(opening: book.folder.path)
    let last = try #require(try LedgerPaths.segments(in: root).last)
    let before = try #require(try Segment.open(last - 1, in: root))
    var state = BookState()
    let link = try #require(
      try before.scan(from: 0, to: before.status.size / Record.length, after: nil) { record, _ throws(Failure) in try state.add(record) })
    _ = try root.directory.remove(LedgerPaths.segment(last))
    try book.restart()
    try book.file().createSegment(last, after: link, BookState(state.balances))
    try book.restart()
    #expect(try book.faults() == ["\(LedgerPaths.segment(last)):record 1: is a head without \(payment.id)"])
    #expect(try book.file().repair().count == 1)
    #expect(try book.faults() == [] && open() == ["pending \(payment.id)"])
  }

  /// Breaks when a repair loses records of gateways, or makes up balances for their accounts that nobody had.
  @Test func aRepairKeepsThem() throws {
    var whole = TestBook()
    whole.segmentSize = 64 << 20
    let request = try whole.request("a", 3)
    guard
      case .ask(let payment) = try whole.ledger().intend(
        request, at: bank, salt: KeySalt(random: [UInt8](repeating: 7, count: KeySalt.size)))
    else { throw Unexpected() }
    _ = try whole.ledger().conclude(payment, .charged(reference: "R"))
    try whole.charge("lost", 5)
    try whole.charge("kept", 7)
    guard
      case .ask = try whole.ledger().intend(
        try whole.request("b", 4), at: bank, salt: KeySalt(random: [UInt8](repeating: 7, count: KeySalt.size)))
    else { throw Unexpected() }
    var bytes = try whole.bytes()
    // The charge of 5: head, PEND, POST, OPEN, CHRG.
    bytes[4 * Record.length + 100] ^= 1
    try whole.overwrite(bytes)
    try whole.restart()
    #expect(try !whole.faults().isEmpty)
    #expect(try whole.file().repair().first?.lostRecords == 1)
    #expect(try whole.faults() == [])
    #expect(try whole.balance() == 88)
    #expect(try whole.ledger(.reading).payment(of: payment.id)?.external?.reference == "R")
    #expect(try whole.file(.reading).snapshot().openPayments().count == 1)
  }
}
