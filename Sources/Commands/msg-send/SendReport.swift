import Assembly
import CommandLineTool
import JSONText
import Sending
import SharedKernel

/// The answer to a send as one JSON object.
enum SendReport {
  static func sent(_ receipt: Receipt, _ payment: PaymentWord) -> JSONValue {
    .record([
      ("id", .string(receipt.id.description)), ("to", names(receipt.recipients)),
      ("state", .string(receipt.state.rawValue)), ("price", .integer(receipt.price.units)),
      ("payment", .string(payment.rawValue)), ("at", time(receipt.at)), ("accepted", time(receipt.accepted)),
    ])
  }

  private static func time(_ instant: Timestamp?) -> JSONValue { instant.map { .string($0.rfc3339) } ?? .null }

  /// What a person is told of a send that did not fail.
  static func tell(_ receipt: Receipt, _ currency: Currency, _ diagnostics: Diagnostics) {
    let balance = receipt.balance.map { ", balance \(currency.text($0))" } ?? ""
    let facts = "\(receipt.id), price \(currency.text(receipt.price))\(balance)"
    let now = SystemClock().now()
    switch receipt.state {
    case .delivered: diagnostics.detail("\(receipt.isRepeat ? "was sent before" : "delivered"): \(facts)")
    case .scheduled:
      diagnostics.detail("scheduled: \(facts)\(receipt.at.map { ", for \(LocalTime.system.absoluteAndRelative($0, now: now))" } ?? "")")
    case .queued:
      let reason = receipt.reason.map { " (\($0.message))" } ?? ""
      diagnostics.note("queued: \(receipt.isPaid ? "paid, delivery" : "payment") pending\(reason)")
      diagnostics.detail("queued: \(facts)")
    }
  }

  /// `request` is nil for what failed before it had an id.
  static func failed(_ request: SendRequest?, _ failure: Failure, _ payment: PaymentWord) -> JSONValue {
    .record([
      ("id", request.map { .string($0.id.description) }), ("to", request.map { names($0.draft.recipients) }), ("state", "failed"),
      ("price", request.map { .integer($0.price.units) }), ("payment", .string(payment.rawValue)),
      ("at", request.map { .string($0.deliveryTime($0.date).rfc3339) }), ("error", .string(failure.description)),
    ])
  }

  /// An answer of a batch says which line it answers, and the caller's `id` as `key`. That of a failed line has the caller's `id` for its
  /// own, and says whom it was for.
  static func answer(_ answer: JSONValue, line: Int, _ echo: BatchEcho) -> JSONValue {
    guard case .object(var members) = answer else { return answer }
    if answer["state"] == "failed" {
      if let key = echo.key { members = [JSONValue.Member("id", .string(key))] + members.filter { $0.key != "id" } }
      if answer["to"] == nil, let to = echo.to { members.append(JSONValue.Member("to", to)) }
    }
    if let key = echo.key { members.append(JSONValue.Member("key", .string(key))) }
    return .object([JSONValue.Member("line", .integer(Int64(line)))] + members)
  }

  /// What `--dry-run` says: nothing was sent.
  static func preview(_ request: SendRequest, _ currency: Currency) -> JSONValue {
    .record([
      ("to", names(request.draft.recipients)), ("state", "checked"), ("price", .integer(request.price.units)),
      ("currency", .string(currency.name)), ("at", .string(request.deliveryTime(request.date).rfc3339)),
    ])
  }

  private static func names(_ names: [Name]) -> JSONValue { .array(names.map { .string($0.text) }) }
}
