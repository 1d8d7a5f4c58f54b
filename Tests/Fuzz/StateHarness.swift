@testable import AlarmStore
@testable import Alarms
import CommandLineTool
@testable import FeedStore
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
  switch choice % 16 {
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
  case 10: fuzzIndex(bytes)
  case 11: fuzzSegment(bytes)
  case 12: fuzzNames(text)
  case 13: fuzzSettings(text)
  case 14: fuzzBatchLine(bytes)
  case 15: fuzzPaymentBatch(text)
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

/// Headers, buckets and filters with the right checksums and anything else in them.
private func fuzzIndex(_ bytes: [UInt8]) {
  var header = IndexFile.header(
    buckets: 1, entries: 0, Coverage(segment: 1, bytes: 0, device: 0, inode: 0, last: Link(sequence: 1, chain: .start)))
  header.replaceSubrange(16..<16 + min(64, bytes.count), with: bytes.prefix(64))
  header.removeLast(4)
  header.append(littleEndian: CRC32C.checksum(header))
  if let fields = IndexFile.fields(of: header) {
    precondition(fields.entries <= fields.buckets * IndexFile.bucketEntries)
    _ = fields.coverage.last.sequence + 1
    _ = fields.coverage.bytes + Record.length
  }
  var content = Array(bytes.prefix(IndexFile.bucketLength - 4))
  content += [UInt8](repeating: 0, count: IndexFile.bucketLength - 4 - content.count)
  var bucket: [UInt8] = []
  bucket.append(littleEndian: Bucket.checksum(content.span, 3))
  if let read = try? Bucket(decoding: bucket + content, number: 3) {
    for entry in read.entries {
      precondition(read.position(of: entry.key) != nil && LedgerPaths.name(entry.position.segment).utf8.count > 7)
    }
    precondition((try? Bucket(decoding: read.encode(number: 3), number: 3)) != nil)
  }
  _ = PayerFilter(decoding: bytes[...], [])
  if bytes.count >= Record.length { PayerHash.forEach(in: bytes.span, at: 0) { _ in } }
}

/// A ledger on the disk, for what reads segments; `run.sh` makes the folder.
private let ledgerFolder: String = {
  guard let path = CurrentProcess.environment("FUZZ_FOLDER"), let root = try? SpoolRoot(opening: path),
    (try? root.ensureFolder(.ledger)) != nil
  else { preconditionFailure("no folder in FUZZ_FOLDER") }
  return path
}()

private final class StillClock: Clock {
  func now() -> Timestamp { Timestamp(seconds: 1_800_000_000) }
}

/// A segment of lines whose checksums are right, or not where a line begins with a zero; anything may follow the last one.
private func fuzzSegment(_ bytes: [UInt8]) {
  var segment: [UInt8] = []
  var rest = bytes[...]
  while let first = rest.popFirst(), segment.count < 8 * Record.length {
    // The numbers of records are right more often than chance would have it.
    let digits = String(segment.count / Record.length + Int(first & 1))
    var line = Array((String(repeating: "0", count: 12 - digits.count) + digits).utf8)
    line = first & 2 == 0 ? line + Array(rest.dropFirst(12).prefix(Record.checkedLength - 12)) : Array(rest.prefix(Record.checkedLength))
    rest = rest.dropFirst(Record.checkedLength)
    line += [UInt8](repeating: first == 0 ? 0 : 32, count: Record.checkedLength - line.count)
    line += first & 4 == 0 ? Array(Record.checksum(of: line[...]).utf8) : []
    segment += line + [UInt8](repeating: 32, count: max(0, Record.length - 1 - line.count)) + [10]
  }
  segment += bytes.suffix(Int(bytes.first ?? 0))
  guard let root = try? SpoolRoot(opening: ledgerFolder), let folder = try? root.folder(.ledger),
    let file = try? root.openOrCreate("00000001", in: folder)
  else { preconditionFailure("no ledger") }
  do {
    try file.truncate(to: 0)
    try file.write(all: segment, at: 0)
  } catch { preconditionFailure("\(error)") }
  let ledger = LedgerFile(root: root, settings: LedgerSettings(), clock: StillClock(), purpose: .reading, wait: .never)
  _ = try? ledger.verify()
  guard let open = try? Segment.open(1, in: root) else { preconditionFailure("no segment") }
  _ = try? ledger.judgeTail(of: open, seen: 0)
  var scan = RecordScan()
  let alice = Name("alice")
  _ = try? scan.read(open, from: 0, to: open.status.size / Record.length) { bytes, offset, _ in
    if let alice { _ = RecordScan.mayBeOf(alice, bytes, offset) }
    PayerHash.forEach(in: bytes, at: offset) { _ in }
    return true
  }
}

/// What stands in the names of files.
private func fuzzNames(_ text: String) {
  if let number = FeedLayout.number(text) { precondition(FeedLayout.name(number) == text && FeedLayout.segment(of: number) > 0) }
  if let part = HistoryPart(text) { precondition(HistoryPart(part.description) == part && part.next > part) }
  _ = AlarmID(text)
}

/// Settings that people write.
private func fuzzSettings(_ text: String) {
  _ = try? LimitLine.parse(text, path: "limits")
  _ = try? AllowanceLine.parse(text, path: "allowances")
  if let configuration = try? Configuration(parsing: text, path: "config") {
    for setting in Setting.all {
      _ = try? configuration.integer(setting, in: 0...Int64.max)
      _ = try? configuration.flag(setting)
    }
  }
}

private func fuzzBatchLine(_ bytes: [UInt8]) {
  guard let sender = Name("alice"), let aliases = try? AliasNames(spool: "/nonexistent") else { preconditionFailure("no names") }
  let lines = BatchLines(MessageWords(sender: sender, recipients: []), aliases)
  for line in [bytes, Array(#"{"to":"bob","text":""#.utf8) + bytes] {
    let line = InputLines.InputLine(number: 1, bytes: line)
    _ = try? lines.words(line)
    _ = lines.echo(line)
  }
}

private func fuzzPaymentBatch(_ text: String) {
  for line in BatchInput(currency: Currency("credit")).lines(text) {
    if case .success(let request) = line.request { precondition(request.amount.units > 0) }
  }
}
