import JSONText
import Mailbox
import SharedKernel

extension MailboxEntry {
  /// Appends the message as `--json` shows it, without a line end; `text` only where the message was named.
  ///
  /// Written byte by byte: of ten thousand messages that are listed, this is most of the work.
  func appendJSON(text: [UInt8]? = nil, to line: inout [UInt8]) {
    line.append("{\"n\":")
    line += String(number).utf8
    append(",\"id\":", .id, to: &line)
    append(",\"from\":", .sender, to: &line)
    append(",\"from_address\":", .senderAddress, to: &line)
    line.append(",\"to\":[")
    var isFirst = true
    eachRecipient { recipient in
      if !isFirst { line.append(",") }
      isFirst = false
      append(recipient, to: &line)
    }
    append("],\"subject\":", .subject, to: &line)
    line.append(",\"date\":\"")
    (facts.date ?? facts.delivered).appendRFC3339(to: &line)
    append("\",\"unread\":", facts.state.contains(.unread), to: &line)
    append(",\"flagged\":", facts.state.contains(.flagged), to: &line)
    append(",\"replied\":", facts.state.contains(.replied), to: &line)
    line.append(",\"size\":")
    line += String(facts.size).utf8
    append(",\"text_preview\":", .preview, to: &line)
    append(",\"message_id\":", .messageID, orNull: true, to: &line)
    append(",\"in_reply_to\":", .inReplyTo, orNull: true, to: &line)
    if let text { line += ",\"text\":\(JSONValue.string(String(decoding: text, as: UTF8.self)).line)".utf8 }
    line.append("}")
  }

  private func append(_ key: StaticString, _ isSo: Bool, to line: inout [UInt8]) {
    line.append(key)
    line.append(isSo ? "true" : "false")
  }

  private func append(_ key: StaticString, _ field: Field, orNull: Bool = false, to line: inout [UInt8]) {
    line.append(key)
    let text = bytes(field)
    if orNull, text.isEmpty { line.append("null") } else { append(text, to: &line) }
  }

  private func append(_ text: ArraySlice<UInt8>, to line: inout [UInt8]) {
    if facts.isPlain {
      line.append("\"")
      line += text
      line.append("\"")
    } else {
      line += JSONValue.string(String(decoding: text, as: UTF8.self)).line.utf8
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ text: StaticString) {
    unsafe append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
