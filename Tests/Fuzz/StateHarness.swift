@testable import AlarmStore
@testable import Alarms
@testable import GatewayClient
@testable import Gateways
@testable import JSONText
@testable import Ledger
@testable import LedgerStore
@testable import SharedKernel
@testable import SpoolLayout
import SystemCalls

/// One run of one decoder of what the tools keep, and of what gateways and hooks answer. The first byte chooses the decoder. A trap, an
/// endless loop or unbounded memory is what is looked for; what was read is written and read again where there is a writer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  let text = String(decoding: bytes, as: UTF8.self)
  switch choice % 10 {
  case 0: fuzzJSON(text)
  case 1: fuzzRecord(bytes)
  case 2: fuzzHealth(bytes)
  case 3:
    let attempt = GatewayAttempt(reading: bytes)
    for verb in GatewayVerb.allCases { _ = attempt.answer(to: verb) }
  case 4: _ = try? Configuration(parsing: text, path: "config")
  case 5: _ = try? AliasFile.parse(text, path: "aliases")
  case 6:
    _ = ReceiverChoices(parsing: text) { $0.contains("/") }
    _ = QuietHours(text)
    _ = try? Tariff(parsing: text)
  case 7: fuzzLetter(bytes)
  case 8: fuzzWords(text)
  default:
    for end in [HookEnd.exited(75), .exited(0), .signalled(9)] { _ = HookVerdict(end, lastLine: text) }
  }
  return 0
}

private func fuzzJSON(_ text: String) {
  guard let value = try? JSONValue(parsing: text) else { return }
  guard let again = try? JSONValue(parsing: value.line) else { preconditionFailure("what was written cannot be read") }
  precondition(again.line == value.line)
  if let line = HistoryLine(value) { precondition(HistoryLine(line.json) != nil, "a line of history") }
  _ = Silence(value)
}

/// A record with the right length, line end and checksum, so that the fuzzer gets past them.
private func fuzzRecord(_ bytes: [UInt8]) {
  _ = try? Record(decoding: bytes)
  var line = Array(bytes.prefix(Record.checkedLength))
  line += [UInt8](repeating: 32, count: Record.checkedLength - line.count)
  line += Array(Record.checksum(of: line[...]).utf8)
  line += [UInt8](repeating: 32, count: max(0, Record.length - 1 - line.count)) + [10]
  guard line.count == Record.length, let record = try? Record(decoding: line) else { return }
  _ = record.keys
  if let entry = record.entry { precondition(entry.posting.amount.units >= 0) }
}

private func fuzzHealth(_ bytes: [UInt8]) {
  let body = bytes + Array("\n".utf8)
  let sum = String(CRC32C.checksum(body), radix: 16)
  for record in [bytes, body + Array("crc \(String(repeating: "0", count: 8 - sum.count))\(sum)\n".utf8)] {
    guard var health = HealthRecord.decode(record) else { continue }
    let now = Timestamp(seconds: 1_800_000_000)
    health.advance(to: now, slots: 10)
    _ = health.admit(at: now, isCrowded: true, timeout: .milliseconds(610), BreakerSettings(), chance: 0.5)
    let call = EndedCall(.late, lease: 1, round: 1, elapsed: .milliseconds(610), occupied: .milliseconds(610))
    _ = health.callEnded(call, at: now, slots: 10, BreakerSettings(), chance: 0.5)
    _ = health.wait(ahead: 3, at: now, timeout: .milliseconds(610))
    precondition((1...10).contains(health.slots.limit), "a limit of \(health.slots.limit)")
  }
}

private func fuzzLetter(_ bytes: [UInt8]) {
  let head = Array(#"{"alarm":{"time":"2026-11-27T00:00:00.000000Z","state":"dead","kind":"arrived","#.utf8)
  for content in [bytes, head + bytes] { _ = Letter(name: "1", content: content) }
}

private func fuzzWords(_ text: String) {
  _ = Name(text)
  _ = GatewayName(text)
  _ = HookName(text)
  _ = Account(text)
  _ = PaymentKey(text)
  _ = KeySalt(text)
  _ = Fingerprint(text)
  if let id = MessageID(text) { precondition(MessageID("\(id)") == id) }
  if let time = Timestamp(rfc3339: text) { precondition(Timestamp(rfc3339: time.rfc3339) == time, "\(time.rfc3339)") }
  if let amount = Amount(positive: text) { precondition(amount.units > 0) }
  _ = PercentText.decode(text)
}
