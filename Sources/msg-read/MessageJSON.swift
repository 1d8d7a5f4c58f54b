import JSONText
import Mailbox
import SharedKernel

extension NumberedSummary {
  /// The message as `--json` shows it; `text` only where the message was named.
  func json(text: [UInt8]? = nil) -> JSONValue {
    .record([
      ("n", .integer(Int64(number))),
      ("id", .string(summary.message.id)),
      ("from", .string(summary.sender)),
      ("to", .array(summary.recipients.map(JSONValue.string))),
      ("subject", .string(summary.subject)),
      ("date", .string(summary.date.rfc3339)),
      ("unread", .bool(summary.isUnread)),
      ("flagged", .bool(summary.isFlagged)),
      ("replied", .bool(summary.isReplied)),
      ("size", .integer(Int64(summary.size))),
      ("text_preview", .string(summary.preview)),
      ("text", text.map { .string(String(decoding: $0, as: UTF8.self)) }),
    ])
  }
}
