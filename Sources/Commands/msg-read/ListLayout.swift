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
    if senderWidth < widest { senderWidth = max(senderWidth, min(widest, DisplayWidth.columns(of: sender(entry)))) }
    if let columns = page.columns, headingWidth < columns { headingWidth = max(headingWidth, DisplayWidth.columns(of: heading(entry))) }
  }

  func line(_ entry: MailboxEntry) -> String {
    let number = String(entry.number)
    let date = entry.facts.date ?? entry.facts.delivered
    let heading = heading(entry)
    let time = isNarrow ? String(zone.minute(date).dropFirst(5)) : zone.minute(date)
    let line =
      String(repeating: " ", count: max(0, numberWidth - number.utf8.count)) + number
      + " \(ListLayout.state(entry.facts.state))  \(time)  "
      + DisplayWidth.padded(sender(entry), to: senderWidth) + (heading.isEmpty ? "" : "  \(heading)")
    return page.columns.map { DisplayWidth.fitted(line, to: $0) } ?? line
  }

  /// `NFR`, a dash for each that is not so.
  private static func state(_ state: MessageState) -> String {
    (state.contains(.unread) ? "N" : "-") + (state.contains(.flagged) ? "F" : "-") + (state.contains(.replied) ? "R" : "-")
  }

  /// Whether the year gives way, so that less is cut of what a line says.
  private var isNarrow: Bool {
    // Number, state, `2026-11-22 16:43`, sender, and what stands between them.
    page.columns.map { numberWidth + 4 + 2 + 16 + 2 + senderWidth + 2 + headingWidth > $0 } ?? false
  }

  private func heading(_ entry: MailboxEntry) -> String { page.visible(entry.text(entry.bytes(.subject).isEmpty ? .preview : .subject)) }

  private func sender(_ entry: MailboxEntry) -> String {
    let sender = entry.text(.sender)
    if !words.isEmpty, let name = Name(sender), let word = words[name] { return page.visible(word) }
    return sender.isEmpty ? "-" : page.visible(sender)
  }
}
