import Mailbox
import MessageFormat
import SharedKernel

/// One run of one decoder on bytes that libFuzzer made up. The first byte chooses the decoder. A trap, an endless loop or unbounded
/// memory is what is looked for; what comes out is checked as far as it can be without a second decoder.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  switch choice % 8 {
  case 0: fuzzSummary(bytes)
  case 1: _ = MessageText.text(ofMessage: bytes)
  case 2: _ = MessageText.text(ofMessage: Array("Content-Type: text/html\n\n".utf8) + bytes)
  case 3:
    _ = EncodedWord.decode(bytes)
    _ = Address.parse(bytes)
    _ = MailDate.parse(String(decoding: bytes, as: UTF8.self))
  case 4:
    for label in [
      "euc-kr", "iso-2022-kr", "utf-16", "utf-16le", "windows-1252", "iso-8859-15", "x-none", "shift_jis", "euc-jp", "iso-2022-jp",
      "gb18030",
      "big5", "koi8-r",
    ] {
      let text = Charset.utf8(bytes[...], in: label)
      precondition(String(validating: text, as: UTF8.self) != nil, "\(label) is not UTF-8")
    }
  case 5: fuzzPacked(bytes)
  case 6: fuzzHeader(bytes)
  default: _ = Envelope(HeaderFields(of: bytes))
  }
  return 0
}

private func fuzzSummary(_ bytes: [UInt8]) {
  let name = bytes.prefix(40).filter { $0 != 0 && $0 != 0x2f }
  let message = StoredMessage(place: .cur, nameBytes: name.isEmpty ? Array("1.a.h".utf8) : name, delivered: Timestamp(seconds: 1))
  _ = (message.id, message.base, message.flags, message.isUnread, StoredMessage.delivered(inName: name.span))
  _ = MailboxEntry(
    number: 1, facts: MailboxEntry.Facts(state: [], delivered: message.delivered), storage: MailboxEntry.pack(name: name), start: 0
  ).text(.id)
  let entry = MailboxEntry(number: 1, Summary(message, front: bytes, size: bytes.count))
  let packed = Array(entry.packed)
  precondition(MailboxEntry.packedLength(packed, at: 0, before: packed.count) == packed.count, "what is packed cannot be read")
  for field in MailboxEntry.Field.allCases where field != .name {
    precondition(String(validating: entry.bytes(field), as: UTF8.self) != nil, "a text is not UTF-8")
  }
  precondition(entry.text(.preview).count <= Summary.previewLength)
}

/// Texts of a view as somebody else may have forged them, lengths and all.
private func fuzzPacked(_ bytes: [UInt8]) {
  guard let length = MailboxEntry.packedLength(bytes, at: 0, before: bytes.count) else { return }
  let entry = MailboxEntry(number: 1, facts: MailboxEntry.Facts(state: [], delivered: Timestamp(seconds: 0)), storage: bytes, start: 0)
  precondition(entry.packed.count == length)
  var total = 0
  for field in MailboxEntry.Field.allCases { total += entry.bytes(field).count }
  entry.eachRecipient { total += $0.count }
  precondition(total <= length)
  _ = entry.packed(renamed: Array("1.b.h:2,S".utf8))
}

/// Heads and records with the right checksum and anything else in them, so that the fuzzer gets past it.
private func fuzzHeader(_ bytes: [UInt8]) {
  var head = Array(ViewHeader(id: 0, seed: 0).bytes.prefix(16)) + bytes.prefix(ViewHeader.length - 24)
  head += [UInt8](repeating: 0, count: ViewHeader.length - 8 - head.count)
  head.append(littleEndian: XXH64.hash(head, seed: 0))
  for size in [0, ViewHeader.length, ViewHeader.length + bytes.count] {
    if let header = try? ViewHeader(head, size: size) {
      precondition(header.textStart + header.textLength == size)
      precondition(((try? ViewHeader(header.bytes, size: size)) != nil))
    }
  }
  let fields = Array(bytes.prefix(ViewRecord.length - 8)) + [UInt8](repeating: 0, count: max(0, ViewRecord.length - 8 - bytes.count))
  var record: [UInt8] = []
  record.append(littleEndian: XXH64.hash(fields, seed: 7))
  record += fields
  guard let read = try? ViewRecord(record.span, at: 0, seed: 7, index: 0) else { return }
  _ = try? read.check(bytes, at: read.offset)
  let order = MergedOrder(below: 5, changes: [read])
  if order.count > 0 { _ = order.position(at: 0, changes: [read]) }
}
