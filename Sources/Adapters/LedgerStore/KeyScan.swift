internal import Ledger
internal import SharedKernel
internal import SystemCalls

/// Reads out of records what an index needs, and no more: each record's checksum and number are checked, the chain is not, and nothing is
/// made a text of. A rebuild reads hundreds of thousands of records while others wait for it.
struct KeyScan {
  private static let none = UInt8(ascii: "-")
  private static let accountWidth = 64
  private static let digitValues: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, digit) in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8.enumerated() { values[Int(digit)] = UInt8(value) }
    return values
  }()

  private let digits = KeyScan.digitValues
  /// The keys of accounts that were met before, by the hash of the name: a key is another hash, and not worked out for every record.
  private var accounts: [PayerHash: (name: [UInt8], key: IndexKey)] = [:]
  private var records = RecordScan()

  init() {}

  /// Calls `body` with every key of the records from index `start` to before `end`, in order; 65 at the first record that is damaged. Of
  /// the whole blocks on the way the missing filters are made.
  mutating func read(
    _ segment: Segment, from start: Int, to end: Int, _ filters: PayerFilters? = nil, _ body: (IndexKey, Position) -> Void
  ) throws(Failure) {
    var scan = records
    var filter = PayerFilter()
    _ = try scan.read(segment, from: start, to: end) { bytes, offset, index throws(Failure) in
      keys(bytes, offset, Position(segment: segment.number, record: index), body)
      guard let filters else { return true }
      PayerHash.forEach(in: bytes, at: offset) { filter.insert($0) }
      if (index + 1) % PayerFilter.block == 0 {
        let block = index / PayerFilter.block
        if filters.filter(of: block) == nil { filters.keep(filter, of: block) }
        filter = PayerFilter()
      }
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
    let hash = PayerHash(bytes, offset, width: KeyScan.accountWidth)
    if let known = accounts[hash], KeyScan.isName(known.name, bytes, offset) { return known.key }
    let name = (offset..<offset + KeyScan.accountWidth).map { bytes[$0] }.prefix { $0 != 32 }
    guard let account = Account(String(decoding: name, as: UTF8.self)), account.isTracked else { return nil }
    let key = IndexKey.account(account)
    accounts[hash] = (Array(name), key)
    return key
  }

  private static func isName(_ name: [UInt8], _ bytes: Span<UInt8>, _ offset: Int) -> Bool {
    for index in name.indices where bytes[offset + index] != name[index] { return false }
    return name.count == accountWidth || bytes[offset + name.count] == 32
  }
}
