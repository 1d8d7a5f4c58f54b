internal import SpoolLayout
package import Alarms
internal import JSONText
internal import SharedKernel
internal import SystemCalls

/// What a hook was to get, kept in a file with what became of it.
package struct Letter: Hashable, Sendable {
  /// The file's name.
  package let name: String
  package let line: HistoryLine
  /// The delivery, made once more.
  package let delivery: Delivery

  static func json(_ line: HistoryLine, input: JSONValue?) -> JSONValue { .record([("alarm", line.json), ("input", input)]) }

  /// Nil for anything but a letter that says what its hook was to get.
  init?(name: String, content: [UInt8]) {
    guard let json = try? JSONValue(parsing: String(decoding: content, as: UTF8.self)), let about = json["alarm"],
      let input = json["input"],
      let line = HistoryLine(about), let alarm = line.alarm, let kind = line.kind, let receiver = line.receiver, let hook = line.hook
    else { return nil }
    let message = input["message"]
    let event = Event(
      sequence: line.sequence, message: line.message ?? MessageID(hashing: "letter\0\(alarm)"), sender: line.sender ?? receiver,
      receiver: receiver, subject: message?["subject"]?.string ?? "",
      at: input["at"]?.string.flatMap { Timestamp(rfc3339: $0) } ?? line.time,
      priority: message?["priority"]?.string == "urgent" ? .urgent : .normal)
    (self.name, self.line) = (name, line)
    delivery = Delivery(
      again: Alarm(id: alarm, kind: kind, receiver: receiver, event: event), hook: hook, kept: input, attempts: line.attempt ?? 0)
  }
}

/// Folders of letters, one a hook.
enum LetterFolder {
  static func letters(in folder: Directory) throws(SystemError) -> [Letter] {
    var letters: [Letter] = []
    for name in try folder.names(of: .directory) {
      guard let hook = try folder.directoryIfAny(name) else { continue }
      for file in try hook.names(of: .file) where file.hasSuffix(".json") {
        guard let bytes = try hook.listedFile(file, limit: SizeLimit.deadLetter), let letter = Letter(name: file, content: bytes),
          letter.name == "\(letter.delivery.alarm.id).json", letter.delivery.hook.text == name
        else { continue }
        letters.append(letter)
      }
    }
    return letters.sorted { ($0.line.sequence, $0.name) < ($1.line.sequence, $1.name) }
  }
}
