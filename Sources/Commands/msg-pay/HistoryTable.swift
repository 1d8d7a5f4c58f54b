import CommandLineTool
import JSONText
import Ledger
import SharedKernel

/// Movements as rows of a table under a heading. The columns are as wide as the first rows want, and never narrower than a later one wants;
/// on a terminal what does not fit is cut.
struct HistoryTable {
  private static let heading = ["TIME", "KIND", "ACCOUNT", "AMOUNT", "BALANCE", "KEY", "MEMO"]
  private static let numbers: Set = [3, 4]
  /// Rows that are looked at before the first is shown.
  private static let ahead = 512

  private let currency: Currency
  private let columns: Int?
  private var widths: [Int] = []
  private var waiting: [[String]] = []

  /// `columns` is the width of the terminal; nil where there is none.
  init(currency: Currency, columns: Int?) { (self.currency, self.columns) = (currency, columns) }

  /// The lines that can be shown once an entry is known.
  mutating func add(_ entry: BookEntry) -> [String] {
    waiting.append(cells(entry))
    return waiting.count < HistoryTable.ahead ? [] : rest()
  }

  /// The lines that were kept back.
  mutating func rest() -> [String] {
    if waiting.isEmpty { return [] }
    let isFirst = widths.isEmpty
    let rows = (isFirst ? [HistoryTable.heading] : []) + waiting
    waiting = []
    widths = HistoryTable.heading.indices.map { column in
      max(isFirst ? 0 : widths[column], rows.map { DisplayWidth.columns(of: $0[column]) }.max() ?? 0)
    }
    return rows.map(line)
  }

  private func line(_ cells: [String]) -> String {
    let fields = cells.indices.map { column in
      let space = String(repeating: " ", count: max(0, widths[column] - DisplayWidth.columns(of: cells[column])))
      return HistoryTable.numbers.contains(column) ? space + cells[column] : cells[column] + space
    }
    let line = fields.joined(separator: "  ").reversed().drop { $0 == " " }.reversed()
    return columns.map { DisplayWidth.fitted(String(line), to: $0) } ?? String(line)
  }

  private func cells(_ entry: BookEntry) -> [String] {
    let posting = entry.posting
    let gateway = posting.external.map { "\($0.gateway)\($0.isSettledByHand ? " (by hand)" : "") \($0.reference)" }
    let memo = [posting.shownMemo, gateway ?? ""].filter { !$0.isEmpty }.joined(separator: "  ")
    return [
      LocalTime.system.second(entry.time), posting.kind.word, posting.payer?.text ?? "-", currency.text(posting.change),
      posting.external == nil ? currency.text(posting.balance) : "-", TerminalText.visible(posting.shownKey), TerminalText.visible(memo),
    ]
  }

  static func json(_ entry: BookEntry) -> String {
    let posting = entry.posting
    let message = MessageMemo(posting.memo)
    return JSONValue.record([
      ("seq", .integer(entry.sequence)), ("time", .string(entry.time.rfc3339)), ("kind", .string(posting.kind.word)),
      ("id", .string(posting.givenKey)), ("account", .string(posting.payer?.text ?? "")), ("amount", .integer(posting.change.units)),
      // What a gateway's customer has there is the gateway's to know.
      ("balance", posting.external == nil ? .integer(posting.balance.units) : .null), ("memo", .string(posting.shownMemo)),
      ("from", message.flatMap { _ in posting.sender.map { .string($0.text) } }),
      ("send_key", message.flatMap { $0.key.isEmpty ? nil : .string($0.key) }),
      ("gateway", posting.external.map { .string($0.gateway.text) }), ("key", posting.gatewayKey.map { .string($0) }),
      ("asked", posting.external.map { .integer($0.asked.units) }),
      ("settled_by", posting.external.flatMap { $0.isSettledByHand ? .string("hand") : nil }),
      ("ref", posting.external.flatMap { $0.reference.isEmpty ? nil : .string($0.reference) }),
    ]).line
  }
}

extension Posting {
  /// The key as 'msg-pay' was given it, or the id; empty where no key was given, and for bookkeeping entries.
  fileprivate var givenKey: String {
    kind == .allowance ? "" : reference.isEmpty ? id.map { "\($0)" } ?? "" : reference
  }

  /// The key that a person gave, to 'msg-pay' or to 'msg-send', else the id.
  fileprivate var shownKey: String {
    guard reference.isEmpty, let key = MessageMemo(memo)?.key, !key.isEmpty else { return givenKey }
    return key
  }

  /// What the provider knows the payment by; nil for one that was made here.
  fileprivate var gatewayKey: String? {
    guard let external, let id else { return nil }
    return external.key(of: id)
  }
}
