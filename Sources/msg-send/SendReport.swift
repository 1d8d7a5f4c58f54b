import JSONText
import Sending
import SharedKernel

/// The answer to a send as one JSON object.
enum SendReport {
  static func sent(_ receipt: Receipt) -> JSONValue {
    .record([
      ("id", .string(receipt.id.description)), ("to", .array(receipt.recipients.map { .string($0.text) })),
      ("state", .string(receipt.state.rawValue)), ("price", .integer(receipt.price)), ("payment", "paid"),
      ("at", .string(receipt.at.rfc3339)),
    ])
  }

  static func failed(_ request: SendRequest, _ failure: Failure) -> JSONValue {
    .record([
      ("id", .string(request.id.description)), ("to", .array(request.draft.recipients.map { .string($0.text) })),
      ("state", "failed"), ("price", .integer(request.price)), ("payment", failure.kind == .notPermitted ? "declined" : "none"),
      ("at", .string(request.date.rfc3339)), ("error", .string(failure.description)),
    ])
  }
}
