internal import Foundation

/// What the hook was told, from its log: a line for each run, its answer and then what it read.
struct HookLog {
  private(set) var alarms: [ToldAlarm] = []
  /// Lines that hold no whole alarm.
  private(set) var garbled: [String] = []

  /// `digested` are the alarms of each digest, by the history.
  init(_ log: String, digested: [String: [ToldItem]]) {
    for line in log.split(separator: "\n") {
      if let alarm = HookLog.alarm(line, digested) { alarms.append(alarm) } else { garbled.append(String(line)) }
    }
  }

  private static func alarm(_ line: Substring, _ digested: [String: [ToldItem]]) -> ToldAlarm? {
    let parts = line.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, let status = Int(parts[0]),
      var told = try? JSONSerialization.jsonObject(with: Data(parts[1].utf8)) as? [String: Any],
      let id = told["id"] as? String, let attempt = told["attempt"] as? Int, let redelivered = told["redelivered"] as? Bool
    else { return nil }
    told["attempt"] = nil
    told["redelivered"] = nil
    var items = (told["items"] as? [[String: Any]] ?? [told]).compactMap(item)
    // A large digest lists its newest alarms and counts the others: those are in the history.
    if let count = told["count"] as? Int, count > items.count { items = HookLog.whole(items, count, digested[id] ?? []) }
    let texts = HookLog.takeTexts(&told)
    guard let content = try? JSONSerialization.data(withJSONObject: told, options: .sortedKeys) else { return nil }
    return ToldAlarm(
      id: id, attempt: attempt, redelivered: redelivered, status: status, content: String(decoding: content, as: UTF8.self), items: items,
      texts: texts)
  }

  /// Takes the texts and their sizes out of an alarm, or of each item of a digest: `msg-read --delete` removes them from the whole spool.
  private static func takeTexts(_ told: inout [String: Any]) -> [String] {
    var texts: [String] = []
    func take(_ alarm: [String: Any]) -> [String: Any] {
      guard var message = alarm["message"] as? [String: Any] else { return alarm }
      texts += ["text", "preview"].map { message.removeValue(forKey: $0) as? String ?? "" }
      if let size = message.removeValue(forKey: "size") as? Int { texts.append(size == 0 ? "" : "\(size)") }
      return alarm.merging(["message": message]) { $1 }
    }
    if let items = told["items"] as? [[String: Any]] { told["items"] = items.map(take) } else { told = take(told) }
    return texts
  }

  /// The alarms of a digest by the history, if that agrees with what was told.
  private static func whole(_ listed: [ToldItem], _ count: Int, _ digested: [ToldItem]) -> [ToldItem] {
    Set(digested).count == count && Set(listed).isSubset(of: digested) ? digested : listed
  }

  /// A `credit` alarm may name no message: then it is empty.
  private static func item(_ told: [String: Any]) -> ToldItem? {
    guard let id = told["id"] as? String, let kind = told["kind"] as? String, let receiver = told["to"] as? String
    else { return nil }
    let message = (told["message"] as? [String: Any])?["id"] as? String
    return ToldItem(alarm: id, kind: kind, receiver: receiver, message: message ?? "")
  }
}
