import AlarmStore
import Alarms
import CommandLineTool
import Assembly
import FeedStore
import JSONText
import SharedKernel
import SpoolLayout
import SystemCalls

/// `msg-alarmd replay`: shows what would be delivered once more, and with `--yes` asks for it.
func replay(_ tool: Tool, spool path: String) throws(Failure) -> ExitStatus {
  let arguments = tool.arguments
  let choices = [AlarmOptions.replaySince, AlarmOptions.dead, AlarmOptions.id].filter { arguments.has($0) }
  guard choices.count == 1 else {
    throw Failure(.usage, "which alarms are to be delivered again?", remedy: "give one of --since TIME, --dead and --id ID")
  }
  let spool = try Spool.open(at: path, for: .reading)
  let isMeant = arguments.has(AlarmOptions.yes)
  if isMeant { try spool.refuseUnsafeWriting() }
  let plan = try ReplayPlan(spool, try HistoryFilter(arguments, now: SystemClock().now()), choices[0])
  if plan.isEmpty {
    for complaint in plan.complaints { tool.diagnostics.note(complaint) }
    return .nothing
  }
  if isMeant {
    try plan.carryOut(spool)
    if try onSpool(InstanceLock.holder(root: spool.root)) == nil {
      tool.diagnostics.note("no msg-alarmd runs on this spool: it is done when one does")
    }
  } else {
    for line in plan.lines { try tool.output.writeLine(arguments.has(AlarmOptions.json) ? line.json.line : historyRow(line)) }
    tool.diagnostics.note("\(plan.lines.count) would be delivered again, marked as redelivered: add --yes")
  }
  for complaint in plan.complaints { tool.diagnostics.note(complaint) }
  return .done
}

/// What is to be delivered once more, and from where it is taken.
private struct ReplayPlan {
  private var letters: [Letter] = []
  private var calls: [(line: HistoryLine, call: HookCall)] = []
  /// What cannot be had any more.
  private(set) var complaints: [String] = []

  var isEmpty: Bool { letters.isEmpty && calls.isEmpty }
  var lines: [HistoryLine] { letters.map { $0.line } + calls.map { $0.line } }

  init(_ spool: Spool, _ filter: HistoryFilter, _ choice: Option) throws(Failure) {
    let dead = try onSpool(DeadLetters.all(root: spool.root))
    if choice == AlarmOptions.dead {
      letters = dead.filter { filter.wants($0.line) }
      return
    }
    let hasWhole = choice == AlarmOptions.replaySince
    let outcomes = try Outcomes(spool, filter, wholeDigests: hasWhole)
    letters = dead.filter { outcomes.keys.contains($0.delivery.key) }
    let buried = Set(letters.map { $0.delivery.key })
    let source = CallSource(try AlarmSettings(spool), spool)
    for (key, line) in outcomes.inOrder where !buried.contains(key) {
      let members = line.kind == .digest ? outcomes.members[key] ?? [] : [line]
      if let call = try source.call(for: line, members) {
        calls.append((line, call))
      } else {
        complaints.append("alarm \(key.alarm): its message is no longer in the feed: it cannot be delivered again")
      }
    }
  }

  func carryOut(_ spool: Spool) throws(Failure) {
    let replays = Replays(root: spool.root)
    do throws(SystemError) {
      for letter in letters { _ = try replays.revive(letter) }
      for (line, call) in calls { try replays.request(line, call: call) }
      try replays.ring()
    } catch { throw Failure(storage: error) }
  }
}

/// The last outcome of each alarm by each hook.
private struct Outcomes {
  private var last: [Delivery.Key: HistoryLine] = [:]
  private var order: [Delivery.Key] = []
  /// The alarms that each digest told, in their order.
  private(set) var members: [Delivery.Key: [HistoryLine]] = [:]

  var keys: Set<Delivery.Key> { Set(order) }
  var inOrder: [(Delivery.Key, HistoryLine)] { order.compactMap { key in last[key].map { (key, $0) } } }

  /// Where not `wholeDigests` are wanted, what was part of one is taken by itself.
  init(_ spool: Spool, _ filter: HistoryFilter, wholeDigests: Bool) throws(Failure) {
    let told: Set<HistoryLine.State> = [.delivered, .dead, .silenced]
    let history = try onSpool(HistoryReader(root: spool.root))
    _ = try history.forEach(from: filter.since?.adding(.seconds(-86400))) { line throws(Failure) in
      guard let alarm = line.alarm, let hook = line.hook else { return true }
      if line.state == .digested, let digest = line.digest {
        members[Delivery.Key(alarm: digest, hook: hook), default: []].append(line)
      }
      guard filter.wants(line), told.contains(line.state) || !wholeDigests && line.state == .digested else { return true }
      let key = Delivery.Key(alarm: alarm, hook: hook)
      if last.updateValue(line, forKey: key) == nil { order.append(key) }
      return true
    }
  }
}

/// Finds what a hook was given, in the feed.
private struct CallSource {
  private let settings: AlarmSettings
  private let feed: FeedReader
  private let mailboxes: ReadStateProbe

  init(_ settings: AlarmSettings, _ spool: Spool) {
    self.settings = settings
    (feed, mailboxes) = (FeedReader(root: spool.root), ReadStateProbe(root: spool.root))
  }

  /// `members` are the alarms that the line is about: itself, or those of a digest. Nil when nothing of it is there any more.
  func call(for line: HistoryLine, _ members: [HistoryLine]) throws(Failure) -> HookCall? {
    guard let id = line.alarm, let hook = line.hook else { return nil }
    var alarms: [Alarm] = []
    for member in members { if let alarm = try alarm(member) { alarms.append(alarm) } }
    guard let first = alarms.first else { return nil }
    if line.kind != .digest {
      guard let text = try text(first.event) else { return nil }
      return HookCall(Delivery(alarm: first, hook: hook), text: text, surroundings: settings.surroundings)
    }
    let previews = try alarms.suffix(HookCall.itemsTold).map { (alarm) throws(Failure) in
      HookCall.preview(of: String(decoding: try text(alarm.event)?.prefix(2048) ?? [], as: UTF8.self))
    }
    let digest = Delivery(digesting: alarms.map { Delivery(alarm: $0, hook: hook) }, as: id)
    return HookCall(digest: digest, previews: previews, surroundings: settings.surroundings)
  }

  private func text(_ event: Event) throws(Failure) -> [UInt8]? {
    if let text = try feed.text(of: event) { return text }
    return try mailboxes.text(of: event)
  }

  private func alarm(_ line: HistoryLine) throws(Failure) -> Alarm? {
    guard let id = line.alarm, let kind = line.kind, let receiver = line.receiver else { return nil }
    switch try feed.entry(line.sequence) {
    case .happened(let event) where event.message == line.message, .failed(let event, _) where event.message == line.message:
      return Alarm(id: id, kind: kind, receiver: receiver, event: event, unreadBy: line.unreadBy)
    default: return nil
    }
  }
}
