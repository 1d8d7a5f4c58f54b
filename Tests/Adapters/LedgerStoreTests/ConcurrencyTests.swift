import SpoolLayout
import Ledger
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import LedgerStore

@Suite struct ConcurrencyTests {
  /// Breaks when two writers take the same place, a charge is made twice, or a segment is begun twice.
  @Test(arguments: [8192, 64 << 20]) func tenWritersAtOnce(segmentSize: Int) async throws {
    var book = TestBook()
    book.segmentSize = segmentSize
    let shared = book
    let writers = 10
    let charges = 12
    // Each charge is asked for by two writers.
    let answers = try await withThrowingTaskGroup(of: [ChargeAnswer].self) { group in
      for writer in 0..<writers {
        group.addTask {
          try (0..<charges).map { number in
            try shared.charge("pair \(writer / 2) charge \(number)", 1, account: "user\(number % 3)")
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    var charged = 0
    for answer in answers { if case .charged = answer { charged += 1 } }
    #expect(charged == writers * charges / 2)
    #expect(try book.faults().isEmpty, "dense numbers, sound chain, balances that add up")
    var sum: Int64 = 0
    try book.file(.reading).snapshot().forEach { item in
      if case .entry(let entry) = item, entry.posting.kind == .charge { sum += entry.posting.amount.units }
    }
    #expect(sum == Int64(charged))
    #expect(try book.file(.reading).snapshot().balances().values.reduce(0) { $0 + $1.units } == 300 - sum)
  }

  /// Breaks when a writer waits for ever for a lock, or a reader waits at all.
  @Test func aHeldLockIsTemporary() throws {
    let book = TestBook()
    try book.charge("one", 1)
    let holder = try #require(try Segment.lock(1, in: SpoolRoot(opening: book.folder.path), for: .writing, wait: .forever))
    let ledger = GeneralLedger(book: try book.file(wait: .never), openingCredit: .zero)
    let failure = try #require(throws: Failure.self) { try ledger.charge(book.request("two")) }
    #expect(failure.kind == .temporary)
    let reader = GeneralLedger(book: try book.file(.reading, wait: .never), openingCredit: .zero)
    #expect(try reader.balance(of: #require(Name("alice"))) == 99)
    try holder.file.unlock()
  }
}
