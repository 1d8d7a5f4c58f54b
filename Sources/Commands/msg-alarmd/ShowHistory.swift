import AlarmStore
import Alarms
import CommandLineTool
import Assembly
import JSONText
import SharedKernel
import SpoolLayout
import SystemCalls

/// Which lines of the history are wanted.
struct HistoryFilter {
  let since: Timestamp?
  let until: Timestamp?
  private let receiver: Name?
  private let sender: Name?
  private let kind: AlarmKind?
  private let hook: String?
  private let state: HistoryLine.State?
  private let id: String?

  init(_ arguments: Arguments, now: Timestamp) throws(Failure) {
    since = try arguments.time(AlarmOptions.since, now: now)
    until = try arguments.time(AlarmOptions.until, now: now)
    receiver = try arguments.name(AlarmOptions.to)
    sender = try arguments.name(AlarmOptions.from)
    kind = try HistoryFilter.word(AlarmOptions.kind, arguments)
    state = try HistoryFilter.word(AlarmOptions.state, arguments)
    hook = arguments.value(AlarmOptions.hook)
    id = try arguments.value(AlarmOptions.id).map { text throws(Failure) in
      let id = text.uppercased()
      guard MessageID(id) != nil else { throw Failure(.usage, "--id '\(text)': no id", remedy: "an id has 26 digits and letters") }
      return id
    }
  }

  func wants(_ line: HistoryLine) -> Bool {
    if let since, line.time < since { return false }
    if let until, line.time > until { return false }
    if let receiver, line.receiver != receiver { return false }
    if let sender, line.sender != sender { return false }
    if let kind, line.kind != kind { return false }
    if let hook, line.hook?.text != hook { return false }
    if let state, line.state != state { return false }
    if let id, line.alarm?.description != id, line.message?.description != id { return false }
    return true
  }

  private static func word<Word: CaseIterable & RawRepresentable<String>>(_ option: Option, _ arguments: Arguments) throws(Failure) -> Word?
  {
    guard let text = arguments.value(option) else { return nil }
    guard let word = Word(rawValue: text) else {
      throw Failure(
        .usage, "--\(option.long) '\(text)': unknown",
        remedy: "one of \(Word.allCases.map { $0.rawValue }.joined(separator: ", "))")
    }
    return word
  }
}

/// `msg-alarmd history`: oldest first; 1 when there is nothing.
func showHistory(_ tool: Tool, spool path: String) throws(Failure) -> ExitStatus {
  let spool = try Spool.open(at: path, for: .reading)
  let filter = try HistoryFilter(tool.arguments, now: SystemClock().now())
  let limit = try tool.arguments.integer(AlarmOptions.limit, in: 1...Int.max)
  let onlyCount = tool.arguments.has(AlarmOptions.count)
  let wants = listed(filter, tool.arguments)
  if tool.arguments.has(AlarmOptions.follow) {
    try tool.arguments.refuse(AlarmOptions.follow, with: AlarmOptions.count)
    try followHistory(tool, spool, filter.since, wants, limit ?? .max)
    return .done
  }
  let reader = try onSpool(HistoryReader(root: spool.root))
  var (found, damaged) = (0, 0)
  if let limit {
    let newest = try reader.newest(limit, from: filter.since, where: wants)
    (found, damaged) = (newest.lines.count, newest.damaged)
    if !onlyCount { for line in newest.lines { try show(line, tool) } }
  } else {
    damaged = try reader.forEach(from: filter.since) { line throws(Failure) in
      guard wants(line) else { return true }
      found += 1
      if !onlyCount { try show(line, tool) }
      return true
    }
  }
  if damaged > 0 { tool.diagnostics.note(damagedLines(damaged)) }
  if onlyCount {
    try tool.output.writeLine(String(found))
    return .done
  }
  return found > 0 ? .done : .nothing
}

/// Which of the lines that match a filter are listed: a digest is one line; its items are listed with `--state` or `--id`.
private func listed(_ filter: HistoryFilter, _ arguments: Arguments) -> (HistoryLine) -> Bool {
  let hasItems = [AlarmOptions.json, AlarmOptions.state, AlarmOptions.id].contains { arguments.has($0) }
  return { filter.wants($0) && (hasItems || $0.state != .digested) }
}

private func show(_ line: HistoryLine, _ tool: Tool) throws(Failure) {
  try tool.output.writeLine(tool.arguments.has(AlarmOptions.json) ? line.json.line : historyRow(line))
}

/// Each line as it is written, from now on, or from `--since` on; until it is ended, or the limit is reached.
private func followHistory(
  _ tool: Tool, _ spool: Spool, _ since: Timestamp?, _ wants: (HistoryLine) -> Bool, _ limit: Int
) throws(Failure) {
  let watch = FolderWatch()
  var left = limit
  var position = since == nil ? try onSpool(HistoryReader(root: spool.root).end()) : nil
  while true {
    // First the watch, then the look: what comes in between is seen by either.
    let reader = try onSpool(HistoryReader(root: spool.root))
    watch.watch(reader.path)
    let end = try reader.forEach(behind: position) { line, _ throws(Failure) in
      guard wants(line) else { return true }
      try show(line, tool)
      left -= 1
      return left > 0
    }
    try tool.output.flush()
    guard let end else { return }
    position = end
    do throws(SystemError) { try watch.wait() } catch { throw Failure(storage: error) }
  }
}

/// Waits for a folder's files to grow; without notices of changes, for two seconds.
private final class FolderWatch {
  private static let interval = Duration.seconds(2)
  private var inotify: Inotify?
  private var watched: String?

  init() { inotify = try? Inotify() }

  /// Nil, or no watch that is left, means asking again and again.
  func watch(_ path: String?) {
    guard watched == nil, let path else { return }
    switch inotify {
    case .some(let notices): if (try? notices.watch(path, for: .growth)) != nil { watched = path }
    case .none: break
    }
  }

  func wait() throws(SystemError) {
    switch inotify {
    case .some(let notices):
      let descriptors = [notices.descriptor]
      _ = try waitForAny(descriptors, for: watched == nil ? FolderWatch.interval : FolderWatch.interval * 5)
      _ = try notices.read()
    case .none: _ = try waitForAny([], for: FolderWatch.interval)
    }
  }
}

/// Says that a history is not whole.
func damagedLines(_ count: Int) -> String {
  count == 1 ? "1 line of the history is damaged: it was passed over" : "\(count) lines of the history are damaged: they were passed over"
}

extension Failure {
  /// 64: the value of an option is not a valid user name.
  static func noName(_ text: String, for option: Option) -> Failure {
    Failure(
      .usage, "--\(option.long) '\(text)': no name",
      remedy: "a name has 1 to 64 of A-Z a-z 0-9 . _ + - and begins with a letter, digit or +")
  }
}

/// A line for a person: time, state, kind, receiver, hook, and why.
func historyRow(_ line: HistoryLine) -> String {
  let range = line.until.map { "\(line.sequence)-\($0)" } ?? String(line.sequence)
  var words = [LocalTime.system.second(line.time), line.state.rawValue, range]
  if let kind = line.kind { words.append(kind.rawValue) }
  if let receiver = line.receiver { words.append("to \(receiver)") }
  if let sender = line.sender { words.append("from \(sender)") }
  if let hook = line.hook { words.append("by \(hook)") }
  if let attempt = line.attempt, attempt > 1 { words.append("(attempt \(attempt))") }
  if let count = line.count { words.append("of \(count)") }
  if let name = line.unreadBy { words.append("(not read by \(name))") }
  if line.isRecovered { words.append("(recovered)") }
  if line.isRedelivered { words.append("(redelivered)") }
  if let error = line.error { words.append("- \(error)") }
  return TerminalText.visible(words.joined(separator: " "))
}
