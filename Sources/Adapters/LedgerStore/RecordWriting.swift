internal import Ledger
internal import SharedKernel

/// Records being numbered and chained one behind the other.
struct RecordWriter {
  private(set) var link: Link
  private(set) var bytes: [UInt8] = []
  private(set) var records: [Record] = []

  /// Continues from `link`.
  init(after link: Link) { self.link = link }

  mutating func add(_ content: Record.Content, at time: Timestamp, part: AppendPart? = nil) {
    let body = Record.body(content, sequence: link.sequence + 1, time: time, part)
    link = Link(sequence: link.sequence + 1, chain: link.chain.next(body: body[...]))
    let line = body + Array(" \(link.chain) ".utf8)
    bytes += line + Array((Record.checksum(of: line[...]) + "\n").utf8)
    records.append(Record(sequence: link.sequence, time: time, content: content, chain: link.chain, part: part))
  }
}

extension Record {
  /// The eight digits of the checksum column.
  static func checksum(of checked: ArraySlice<UInt8>) -> String {
    let digits = String(CRC32C.checksum(checked), radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }

  fileprivate static func body(_ content: Content, sequence: Int64, time: Timestamp, _ part: AppendPart?) -> [UInt8] {
    var line = RecordColumns()
    line.right(padded(Int(sequence), 12), 12)
    line.left(time.rfc3339, 27)
    line.left(content.code, 5)
    switch content {
    case .posting(let posting), .open(let posting):
      line.left(posting.id.map { "\($0)" } ?? "-", 26)
      line.left("\(posting.debit)", 64)
      line.left("\(posting.credit)", 64)
      line.right("\(posting.amount)", 19)
      line.right("\(posting.balance)", 20)
      line.left(posting.fingerprint.map { "\($0)" } ?? "-", 16)
      if let external = posting.external {
        // Not in columns: there is more to say, and the words say themselves what they are. The memo tells which message is paid.
        let end: String? = if case .open = content { "was=\(code(of: posting.kind))" } else { part.map { "\($0)" } }
        // The gateway's name of the payment goes before the recipients of the message.
        let wanted = PercentText.encode(posting.memo).utf8.count
        let reserved = min(wanted, leastMemo) + (end.map { $0.utf8.count + 1 } ?? 0)
        let tail = (external.words(room: room - reserved - 4) + (end.map { [$0] } ?? [])).joined(separator: " ")
        let memo = PercentText.encode(fitted(posting.memo, to: room - tail.utf8.count - 4))
        let (reference, _) = texts(posting.reference, "", room: room - memo.utf8.count - tail.utf8.count)
        line.left("\(reference) \(memo) \(tail)", bodyLength - line.bytes.count)
      } else {
        let end = part.map { " \($0)" } ?? ""
        // What a person remarked was checked for its length; what the rules remark at a message has no reference beside it.
        let remark = posting.reference.isEmpty ? fitted(posting.memo, to: room - end.utf8.count - 1) : posting.memo
        let (reference, memo) = texts(posting.reference, remark, room: room - end.utf8.count)
        // A long memo and a place in the append leave less for the column.
        line.left(reference, min(referenceWidth, room - memo.utf8.count - end.utf8.count))
        line.left(memo + end, bodyLength - line.bytes.count)
      }
    case .head(let accounts, let open, let currency):
      let word = currency.map { " currency=\($0.decimals)/\(PercentText.encode($0.name))" } ?? ""
      line.bookkeeping(
        account: "-", balance: 0, reference: "accounts=\(accounts)", memo: (open == 0 ? "-" : "open=\(open)") + word)
    case .balance(let account, let balance, let closing):
      let reference = closing.map { $0.successor.map { "closed=\($0)" } ?? "closed" } ?? "-"
      line.bookkeeping(account: "\(account)", balance: balance, reference: reference)
    case .seal: line.bookkeeping(account: "-", balance: 0, reference: "-")
    }
    return Array(line.bytes.prefix(bodyLength))
  }

  /// The room for reference and memo together, in encoded bytes.
  private static var room: Int { textRange.count - 1 }

  /// What the remark at a message takes that says when it was accepted.
  private static var leastMemo: Int { 48 }

  /// The remark at a message with as much of it as there is room for, in encoded bytes; any other as it is.
  private static func fitted(_ memo: String, to room: Int) -> String {
    func fits(_ text: String) -> Bool { PercentText.encode(text).utf8.count <= room }
    return fits(memo) ? memo : MessageMemo(memo)?.text(fits: fits) ?? memo
  }

  /// Whether a memo can be recorded beside a reference of ordinary length.
  static func fits(memo: String) -> Bool { PercentText.encode(memo).utf8.count <= room - referenceWidth }

  /// Reference and memo as they are written. A reference that leaves no room is cut at a character and marked with an
  /// ellipsis: it is there to be read by people, the id is what is compared.
  private static func texts(_ reference: String, _ memo: String, room: Int) -> (String, String) {
    let memo = PercentText.encode(memo)
    let space = room - memo.utf8.count
    var word = PercentText.encode(reference)
    var kept = reference
    while word.utf8.count > space, !kept.isEmpty {
      kept.removeLast()
      word = PercentText.encode(kept + "…")
    }
    return (word, memo)
  }
}

extension Record.Content {
  /// The word in the kind column.
  var code: String {
    switch self {
    case .posting(let posting): Record.code(of: posting.kind)
    case .head, .balance, .open: "CKPT"
    case .seal: "SEAL"
    }
  }
}

extension Record {
  static func code(of kind: Posting.Kind) -> String {
    switch kind {
    case .opening: "OPEN"
    case .topUp: "TOPUP"
    case .charge: "CHRG"
    case .void: "VOID"
    case .refund: "RFND"
    case .pending: "PEND"
    case .posted: "POST"
    case .declined: "DECL"
    case .reversal: "REVQ"
    case .topUpReversal: "RTOP"
    case .adjustment: "ADJ"
    case .payout: "PAYO"
    case .transfer: "MOVE"
    case .closing: "CLOSE"
    case .reopening: "REOPN"
    case .allowance: "ALLW"
    case .usage: "USED"
    case .currency: "CURR"
    }
  }
}

/// A line that is being filled column by column.
private struct RecordColumns {
  var bytes: [UInt8] = []

  mutating func left(_ text: String, _ width: Int) { add(text, padding: width, before: false) }

  mutating func right(_ text: String, _ width: Int) { add(text, padding: width, before: true) }

  mutating func bookkeeping(account: String, balance: Balance, reference: String, memo: String = "-") {
    left("-", 26)
    left("-", 64)
    left(account, 64)
    right("0", 19)
    right("\(balance)", 20)
    left("-", 16)
    left(reference, Record.referenceWidth)
    left(memo, Record.bodyLength - bytes.count)
  }

  private mutating func add(_ text: String, padding width: Int, before: Bool) {
    let spaces = [UInt8](repeating: 32, count: max(0, width - text.utf8.count))
    bytes += before ? spaces + Array(text.utf8) : Array(text.utf8) + spaces
    bytes.append(32)
  }
}
