import CommandLineTool
import Mailbox
import SharedKernel

/// The lines of a list: number, state, date, sender, subject or first words, in columns.
/// On a terminal cut to its width, elsewhere whole.
struct ListLayout {
  /// Of a terminal's width, how much the senders may take.
  private static let senderShare = 4

  private let numberWidth: Int
  private let senderWidth: Int
  private let page: Page
  private let zone: LocalTime

  init(for summaries: [NumberedSummary], on page: Page, zone: LocalTime) {
    (self.page, self.zone) = (page, zone)
    numberWidth = summaries.map { String($0.number).utf8.count }.max() ?? 0
    let widest = summaries.map { DisplayWidth.columns(of: ListLayout.sender($0.summary, page)) }.max() ?? 0
    senderWidth = min(widest, page.columns.map { max(8, $0 / ListLayout.senderShare) } ?? Int.max)
  }

  func line(_ entry: NumberedSummary) -> String {
    let summary = entry.summary
    let number = String(entry.number)
    let line =
      String(repeating: " ", count: numberWidth - number.utf8.count) + number
      + " \(ListLayout.state(summary))  \(dayAndMinute(summary.date, zone))  "
      + DisplayWidth.padded(ListLayout.sender(summary, page), to: senderWidth)
      + (summary.heading.isEmpty ? "" : "  \(page.visible(summary.heading))")
    return page.columns.map { DisplayWidth.fitted(line, to: $0) } ?? line
  }

  /// `NFR`, a dash for each that is not so.
  private static func state(_ summary: Summary) -> String {
    (summary.isUnread ? "N" : "-") + (summary.isFlagged ? "F" : "-") + (summary.isReplied ? "R" : "-")
  }

  private static func sender(_ summary: Summary, _ page: Page) -> String {
    summary.sender.isEmpty ? "-" : page.visible(summary.sender)
  }
}

/// `2026-11-22 16:43` in local time.
func dayAndMinute(_ instant: Timestamp, _ zone: LocalTime) -> String {
  let civil = zone.civil(instant)
  return "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2)) \(padded(civil.hour, 2)):\(padded(civil.minute, 2))"
}
