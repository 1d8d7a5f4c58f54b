internal import Ledger
internal import SharedKernel
internal import SystemCalls

/// Reads out of records what an index needs, and no more: each record's checksum and number are checked, the chain is not, and nothing is
/// made a text of. A rebuild reads hundreds of thousands of records while others wait for it.
struct KeyScan {
  private static let none = UInt8(ascii: "-")
  private static let digitValues: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, digit) in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()

  private let digits = KeyScan.digitValues
  /// The keys of accounts that were met before: an account's key is a hash that is not worked out again for every record.
  private var accounts: [SIMD64<UInt8>: IndexKey] = [:]
  private var records = RecordScan()

  init() {}

  /// Calls `body` with every key of the records from index `start` to before `end`, in order; 65 at the first record that is damaged.
  mutating func read(_ segment: Segment, from start: Int, to end: Int, _ body: (IndexKey, Position) -> Void) throws(Failure) {
    var scan = records
    _ = try scan.read(segment, from: start, to: end) { bytes, offset, index throws(Failure) in
      keys(bytes, offset, Position(segment: segment.number, record: index), body)
      return true
    }
    records = scan
  }

  /// What `Record.keys` says, from the columns.
  private mutating func keys(_ bytes: Span<UInt8>, _ offset: Int, _ position: Position, _ body: (IndexKey, Position) -> Void) {
    let id = payment(bytes, offset + 47)
    if let id { body(id, position) }
    // The id of a payment that was carried forward; the head's balances have none.
    if bytes[offset + 41] == UInt8(ascii: "C"), bytes[offset + 42] == UInt8(ascii: "K"), id != nil { return }
    if let account = account(bytes, offset + 74) ?? account(bytes, offset + 139) { body(account, position) }
  }

  private func payment(_ bytes: Span<UInt8>, _ offset: Int) -> IndexKey? {
    if bytes[offset] == KeyScan.none { return nil }
    var (high, low): (UInt64, UInt64) = (0, 0)
    for index in offset..<offset + 26 {
      let value = digits[Int(bytes[index])]
      if value == 255 { return nil }
      high = high << 5 | low >> 59
      low = low << 5 | UInt64(value)
    }
    return IndexKey(high: high, low: low, isAccount: false)
  }

  /// The key of a tracked account; nil for the house's other ones.
  private mutating func account(_ bytes: Span<UInt8>, _ offset: Int) -> IndexKey? {
    if bytes[offset] == KeyScan.none { return nil }
    if bytes[offset] == UInt8(ascii: "="), bytes[offset + 1] != UInt8(ascii: "g") { return nil }
    var column = SIMD64<UInt8>(repeating: 0)
    for index in 0..<64 { column[index] = bytes[offset + index] }
    if let known = accounts[column] { return known }
    let text = String(decoding: (0..<64).map { column[$0] }.prefix { $0 != 32 }, as: UTF8.self)
    guard let account = Account(text), account.isTracked else { return nil }
    let key = IndexKey.account(account)
    accounts[column] = key
    return key
  }
}
