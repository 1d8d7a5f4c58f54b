import JSONText
import Sending
import SharedKernel

/// The answer to a send as one JSON object.
enum SendReport {
  static func sent(_ receipt: Receipt) -> JSONValue {
    .record([
      ("id", .string(receipt.id.description)), ("to", names(receipt.recipients)),
      ("state", .string(receipt.state.rawValue)), ("price", .integer(receipt.price)), ("payment", "paid"),
      ("at", .string(receipt.at.rfc3339)),
    ])
  }

  /// `request` is nil for what failed before it had an id.
  static func failed(_ request: SendRequest?, _ failure: Failure) -> JSONValue {
    .record([
      ("id", request.map { .string($0.id.description) }), ("to", request.map { names($0.draft.recipients) }), ("state", "failed"),
      ("price", request.map { .integer($0.price) }), ("payment", failure.kind == .notPermitted ? "declined" : "none"),
      ("at", request.map { .string($0.date.rfc3339) }), ("error", .string(failure.description)),
    ])
  }

  /// What `--dry-run` says: nothing was sent.
  static func preview(_ draft: Draft, _ price: Int64, _ currency: String) -> JSONValue {
    .record([("to", names(draft.recipients)), ("state", "checked"), ("price", .integer(price)), ("currency", .string(currency))])
  }

  private static func names(_ names: [Name]) -> JSONValue { .array(names.map { .string($0.text) }) }
}
