internal import Ledger
internal import SharedKernel

/// Why 512 bytes are no record, in words for a person.
struct RecordDamage: Error, Hashable { let what: String }

extension Record {
  /// Reads a record and checks everything that can be checked without its neighbours.
  init(decoding bytes: some RandomAccessCollection<UInt8>) throws(RecordDamage) {
    let line = Array(bytes)
    guard line.count == Record.length else { throw RecordDamage(what: "only \(line.count) of \(Record.length) bytes") }
    if line.contains(0) { throw RecordDamage(what: "holds zero bytes") }
    guard line[Record.length - 1] == UInt8(ascii: "\n") else { throw RecordDamage(what: "does not end in a line feed") }
    guard line[Record.checkedLength..<Record.length - 1].elementsEqual(Record.checksum(of: line[..<Record.checkedLength]).utf8) else {
      throw RecordDamage(what: "the checksum does not fit")
    }
    func column(_ start: Int, _ width: Int) -> String {
      let field = line[start..<start + width].drop { $0 == 32 }
      return String(decoding: field.prefix { $0 != 32 }, as: UTF8.self)
    }
    guard let sequence = Int64(column(0, 12)), let time = Timestamp(rfc3339: column(13, 27)), let chain = Chain(column(486, 16)),
      let amount = Int64(column(204, 19)).flatMap({ Amount(units: $0) }), let balance = Int64(column(224, 20)).map({ Balance(units: $0) })
    else { throw RecordDamage(what: "the columns cannot be read") }
    // Taken apart as bytes: as characters this was half of the work of a verification.
    var words = line[Record.textRange].split(separator: 32).map { Substring(decoding: $0, as: UTF8.self) }
    // Behind reference and memo.
    let part = words.count > 2 ? words.last.flatMap { AppendPart($0) } : nil
    if part != nil { words.removeLast() }
    let code = column(41, 5)
    let content: Content?
    switch code {
    case "SEAL": content = .seal
    case "CKPT":
      if column(47, 26) != "-" {
        content = Record.carried(
          id: column(47, 26), debit: column(74, 64), credit: column(139, 64), amount: amount, balance: balance,
          fingerprint: column(245, 16), words: words)
      } else if let account = Account(column(139, 64)) {
        content = .balance(account, balance, Record.closing(words.first ?? ""))
      } else {
        let count = column(262, 64), open = column(327, 64)
        content =
          if let accounts = Record.count(count, "accounts="), let open = open.hasPrefix("open=") ? Record.count(open, "open=") : 0 {
            .head(accounts: accounts, open: open, words.count > 2 ? Record.currency(words[2]) : nil)
          } else {
            nil
          }
      }
    default:
      guard let kind = Posting.Kind.allCases.first(where: { Record.code(of: $0) == code }) else {
        throw RecordDamage(what: "the kind '\(code)' is unknown to this program")
      }
      content =
        Record.posting(
          kind, id: column(47, 26), debit: column(74, 64), credit: column(139, 64), amount: amount, balance: balance,
          fingerprint: column(245, 16), words: words
        ).map { .posting($0) }
    }
    guard let content else { throw RecordDamage(what: "the columns of a \(code) record cannot be read") }
    (self.sequence, self.time, self.content, self.chain, self.part) = (sequence, time, content, chain, part)
  }

  /// `accounts=12`: how many records of a kind a head has, no more than sequence numbers have digits for.
  private static func count(_ column: String, _ name: String) -> Int? {
    guard column.hasPrefix(name), let count = Int(column.dropFirst(name.utf8.count)), (0..<1_000_000_000_000).contains(count) else {
      return nil
    }
    return count
  }

  /// `currency=2/USD`: the decimals and the name.
  private static func currency(_ word: Substring) -> Currency? {
    guard word.hasPrefix("currency=") else { return nil }
    let parts = word.dropFirst(9).split(separator: "/", maxSplits: 1)
    guard parts.count == 2, let decimals = Int(parts[0]), let name = PercentText.decode(parts[1]) else { return nil }
    return Currency(name, decimals: decimals)
  }

  /// What the head says of an account besides its balance; nil for an open one.
  private static func closing(_ word: Substring) -> Closing? {
    word == "closed" ? Closing() : word.hasPrefix("closed=") ? Closing(successor: Name(word.dropFirst(7))) : nil
  }

  /// A posting that was carried forward from an earlier segment: its last word tells the kind.
  private static func carried(
    id: String, debit: String, credit: String, amount: Amount, balance: Balance, fingerprint: String, words: [Substring]
  ) -> Content? {
    guard let last = words.last, last.hasPrefix("was="),
      let kind = Posting.Kind.allCases.first(where: { Record.code(of: $0) == last.dropFirst(4) }),
      let posting = posting(
        kind, id: id, debit: debit, credit: credit, amount: amount, balance: balance, fingerprint: fingerprint,
        words: words.dropLast()),
      posting.external != nil, posting.id != nil
    else { return nil }
    return .open(posting)
  }

  private static func posting(
    _ kind: Posting.Kind, id: String, debit: String, credit: String, amount: Amount, balance: Balance, fingerprint: String,
    words: [Substring]
  ) -> Posting? {
    guard words.count >= 2, let reference = PercentText.decode(words[0]), let memo = PercentText.decode(words[1]),
      let debit = Account(debit), let credit = Account(credit)
    else { return nil }
    let messageID = MessageID(id)
    let content = Fingerprint(fingerprint)
    guard messageID != nil || id == "-", content != nil || fingerprint == "-" else { return nil }
    // Exactly one side is tracked, and what goes through a clearing account says more.
    guard debit.isTracked != credit.isTracked || kind == .usage || kind == .currency else { return nil }
    var external: ExternalPayment?
    if words.count > 2 {
      guard let gateway = [debit, credit].compactMap({ $0.gateway }).first, let read = ExternalPayment(words: words[2...], gateway) else {
        return nil
      }
      external = read
    }
    return Posting(
      kind, id: messageID, debit: debit, credit: credit, amount: amount, balance: balance, fingerprint: content, reference: reference,
      memo: memo, external: external)
  }
}
