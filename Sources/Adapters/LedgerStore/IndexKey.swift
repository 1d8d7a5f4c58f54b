internal import Ledger
internal import SharedKernel

/// What an entry is found by: the id of a payment, or an account.
struct IndexKey: Hashable {
  let high: UInt64
  let low: UInt64
  let isAccount: Bool

  private init(_ number: UInt128, isAccount: Bool) {
    self.init(high: UInt64(truncatingIfNeeded: number >> 64), low: UInt64(truncatingIfNeeded: number), isAccount: isAccount)
  }

  init(high: UInt64, low: UInt64, isAccount: Bool) { (self.high, self.low, self.isAccount) = (high, low, isAccount) }

  static func payment(_ id: MessageID) -> IndexKey { IndexKey(id.number, isAccount: false) }

  static func account(_ account: Account) -> IndexKey {
    IndexKey(MessageID(hashing: "account\0\(account)").number, isAccount: true)
  }
}

/// Where a record is: which segment, and which record of it, counted from 0.
struct Position: Hashable {
  let segment: Int
  let record: Int

  var offset: Int { record * Record.length }
}

/// How far an index reaches, and into which file.
struct Coverage: Hashable {
  let segment: Int
  /// Of that segment, from its start.
  let bytes: Int
  /// Tells the file that was read from one that took its place.
  let device: UInt64
  let inode: UInt64
  /// Sequence and chain of the last record within.
  let last: Link
}

/// What the next record continues from.
struct Link: Hashable {
  static let start = Link(sequence: 0, chain: .start)
  let sequence: Int64
  let chain: Chain
}
