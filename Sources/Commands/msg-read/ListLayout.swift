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

  init(on page: Page, zone: LocalTime) { (self.page, self.zone) = (page, zone) }

  /// Makes room for an entry's number and sender.
  mutating func measure(_ entry: Entry) {
    numberWidth = max(numberWidth, String(entry.number).utf8.count)
    let widest = page.columns.map { max(8, $0 / ListLayout.senderShare) } ?? Int.max
    if senderWidth < widest { senderWidth = max(senderWidth, min(widest, DisplayWidth.columns(of: ListLayout.sender(entry, page)))) }
  }

  func line(_ entry: Entry) -> String {
    let number = String(entry.number)
    let date = entry.facts.date ?? entry.facts.delivered
    let heading = entry.text(entry.bytes(.subject).isEmpty ? .preview : .subject)
    let line =
      String(repeating: " ", count: max(0, numberWidth - number.utf8.count)) + number
      + " \(ListLayout.state(entry.facts.state))  \(zone.minute(date))  "
      + DisplayWidth.padded(ListLayout.sender(entry, page), to: senderWidth)
      + (heading.isEmpty ? "" : "  \(page.visible(heading))")
    return page.columns.map { DisplayWidth.fitted(line, to: $0) } ?? line
  }

  /// `NFR`, a dash for each that is not so.
  private static func state(_ state: MessageState) -> String {
    (state.contains(.unread) ? "N" : "-") + (state.contains(.flagged) ? "F" : "-") + (state.contains(.replied) ? "R" : "-")
  }

  private static func sender(_ entry: Entry, _ page: Page) -> String {
    let sender = entry.text(.sender)
    return sender.isEmpty ? "-" : page.visible(sender)
  }
}
