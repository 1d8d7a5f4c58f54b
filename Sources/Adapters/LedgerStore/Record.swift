internal import Ledger
internal import SharedKernel

/// One line of a segment: 512 bytes of ASCII, the last an LF, in columns that awk, cut and grep can take apart.
///
///   bytes      column                                         bytes      column
///   0–11       sequence, dense over all segments              204–222    amount, right-aligned
///   13–39      time, RFC 3339 with microseconds               224–243    balance after, right-aligned
///   41–45      kind                                           245–260    fingerprint
///   47–72      id                                             262–484    reference (to 325 when short) and memo
///   74–137     debit account                                  486–501    chain
///   139–202    credit account                                 503–510    CRC-32C of bytes 0–502
///
/// Records of external payments have further words behind the memo: `payer=` who pays, `asked=` the amount, `gen=` the how
/// many-th key of the id and what else is in that key, and where there are such `charged=yes`, `ref=` the gateway's name of it,
/// `goal=` what a reversal is for, `by=hand` where a person settled it. One that is carried forward into a new segment is a CKPT with
/// `was=` its kind.
///
/// The first CKPT record of a segment has `currency=` with the decimals and the name of what the book is counted in.
///
/// The CKPT record of an account that is closed says `closed`, or `closed=` what it was renamed to, in the column of the reference.
///
/// A record that was appended together with others has `part=K/N` as its last word, its place in the append: all N or none of them count.
///
/// A dash stands for nothing. Chain = the first 16 digits of SHA-256(previous chain + bytes 0–484), so no record can be
/// changed, taken out or put in without every later one showing it.
struct Record: Hashable {
  static let length = 512
  static let bodyLength = 485
  static let checkedLength = 503
  static let textRange = 262..<485
  static let referenceWidth = 64

  enum Content: Hashable {
    case posting(Posting)
    /// The head of a segment: so many `balance` and then `open` records follow.
    case head(accounts: Int, open: Int, Currency? = nil)
    /// What an account had when the segment began.
    case balance(Account, Balance, Closing? = nil)
    /// A payment whose outcome was open when the segment began, by its last posting.
    case open(Posting)
    /// The end of a full segment.
    case seal
  }

  let sequence: Int64
  let time: Timestamp
  let content: Content
  let chain: Chain
  /// Its place in an append of several; nil where it was appended alone, before places were recorded, or as part of a head.
  let part: AppendPart?

  /// The entry of a posting, also of one that was carried forward; nil for the book's own records.
  var entry: BookEntry? {
    switch content {
    case .posting(let posting), .open(let posting): BookEntry(sequence: sequence, time: time, posting: posting)
    case .head, .balance, .seal: nil
    }
  }
}

/// Which record of an append of several it is.
struct AppendPart: Hashable, CustomStringConvertible {
  /// From 1 to `count`.
  let number: Int
  /// At least 2.
  let count: Int

  init(_ number: Int, of count: Int) { (self.number, self.count) = (number, count) }

  /// Reads what `description` wrote; nil for anything else.
  init?(_ word: some StringProtocol) {
    guard word.utf8.starts(with: "part=".utf8) else { return nil }
    let numbers = word.dropFirst(5).split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1], count > 1,
      (1...count).contains(number)
    else { return nil }
    self.init(number, of: count)
  }

  var description: String { "part=\(number)/\(count)" }
}

/// The running hash that ties the records together: 16 hexadecimal digits.
struct Chain: Hashable, CustomStringConvertible {
  static let start = Chain(text: String(repeating: "0", count: 16))
  let text: String

  private init(text: String) { self.text = text }

  /// Reads the 16 digits; nil for anything else.
  init?(_ text: some StringProtocol) {
    guard Fingerprint(text) != nil else { return nil }
    self.text = String(text)
  }

  func next(body: ArraySlice<UInt8>) -> Chain {
    var hash = SHA256()
    hash.update(text)
    hash.update(body)
    return Chain(text: hexadecimal(hash.finish().prefix(8)))
  }

  var description: String { text }
}
