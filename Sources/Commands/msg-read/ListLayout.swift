import CommandLineTool
import Mailbox
import SharedKernel

/// The lines of a list: number, state, date, sender, subject or first words, in columns.
/// On a terminal cut to its width, elsewhere whole.
struct ListLayout {
  /// Of a terminal's width, how much the senders may take.
  private static let senderShare = 4

  private var numberWidth = 0
  private var senderWidth = 0
  private let page: Page
  private let zone: LocalTime
  /// How names are shown that have a word for them.
  private let words: [Name: String]
  /// The widest subject or first words, where that matters.
  private var headingWidth = 0

  init(on page: Page, zone: LocalTime, words: [Name: String] = [:]) { (self.page, self.zone, self.words) = (page, zone, words) }

  /// Makes room for an entry's number and sender.
  mutating func measure(_ entry: MailboxEntry) {
    numberWidth = max(numberWidth, String(entry.number).utf8.count)
    let widest = page.columns.map { max(8, $0 / ListLayout.senderShare) } ?? Int.max
    if senderWidth < widest { senderWidth = max(senderWidth, min(widest, sender(entry).columns)) }
    if let columns = page.columns, headingWidth < columns { headingWidth = max(headingWidth, heading(entry).columns) }
  }

  /// Appends an entry's line, without a line end.
  func append(_ entry: MailboxEntry, to line: inout [UInt8]) {
    let start = line.count
    let number = String(entry.number).utf8
    appendSpaces(numberWidth - number.count, to: &line)
    line += number
    line.append(UInt8(ascii: " "))
    append(entry.facts.state, to: &line)
    line += "  ".utf8
    append(entry.facts.date ?? entry.facts.delivered, to: &line)
    line += "  ".utf8
    let sender = sender(entry)
    if sender.columns > senderWidth {
      line += DisplayWidth.padded(sender.text, to: senderWidth).utf8
    } else {
      line += sender.bytes
      appendSpaces(senderWidth - sender.columns, to: &line)
    }
    let heading = heading(entry)
    if !heading.bytes.isEmpty {
      line += "  ".utf8
      line += heading.bytes
    }
    guard let columns = page.columns else { return }
    if ShownText(ofBytes: line[start...]).map({ $0.columns <= columns }) ?? false { return }
    let whole = String(decoding: line[start...], as: UTF8.self)
    line.removeSubrange(start...)
    line += DisplayWidth.fitted(whole, to: columns).utf8
  }

  /// `NFR`, a dash for each that is not so.
  private func append(_ state: MessageState, to line: inout [UInt8]) {
    line.append(UInt8(ascii: state.contains(.unread) ? "N" : "-"))
    line.append(UInt8(ascii: state.contains(.flagged) ? "F" : "-"))
    line.append(UInt8(ascii: state.contains(.replied) ? "R" : "-"))
  }

  private func append(_ date: Timestamp, to line: inout [UInt8]) {
    if isNarrow { line += zone.minute(date).utf8.dropFirst(5) } else { zone.appendMinute(date, to: &line) }
  }

  private func appendSpaces(_ count: Int, to line: inout [UInt8]) {
    for _ in 0..<max(0, count) { line.append(UInt8(ascii: " ")) }
  }

  /// Whether the year gives way, so that less is cut of what a line says.
  private var isNarrow: Bool {
    // Number, state, `2026-11-22 16:43`, sender, and what stands between them.
    page.columns.map { numberWidth + 4 + 2 + 16 + 2 + senderWidth + 2 + headingWidth > $0 } ?? false
  }

  private func heading(_ entry: MailboxEntry) -> ShownText {
    let subject = entry.bytes(.subject)
    return shown(subject.isEmpty ? entry.bytes(.preview) : subject)
  }

  private func sender(_ entry: MailboxEntry) -> ShownText {
    let sender = entry.bytes(.sender)
    if !words.isEmpty, let name = Name(entry.text(.sender)), let word = words[name] { return ShownText(page.visible(word)) }
    return sender.isEmpty ? ShownText("-") : shown(sender)
  }

  private func shown(_ bytes: ArraySlice<UInt8>) -> ShownText {
    ShownText(ofBytes: bytes) ?? ShownText(page.visible(String(decoding: bytes, as: UTF8.self)))
  }
}
