import Alarms
import HookProcess
import SharedKernel
import SpoolLayout
import SystemCalls

/// What the spool's configuration says of alarms.
struct AlarmSettings {
  let hooks: HookFolder
  private let configuration: Configuration
  let hookTimeout: Duration
  let limits: SchedulerLimits
  let surroundings: HookCall.Surroundings
  /// Whether many alarms at once are told as one, where the receiver does not choose otherwise.
  let wantsDigests: Bool
  /// The target of escalations, where the receiver does not choose otherwise.
  let escalation: Escalation?
  /// How long, and how many bytes of, the history is kept.
  let historyAge: Duration
  let historySize: Int64

  init(_ spool: Spool) throws(Failure) {
    configuration = spool.configuration
    let root = try onSpool(AlarmSettings.absolute(spool.root.path))
    let folder = configuration.text(.hooks)
    guard !folder.isEmpty else { throw configuration.failure(.hooks, "no folder") }
    hooks = HookFolder(path: folder.hasPrefix("/") ? folder : "\(root)/\(folder)")
    hookTimeout = .seconds(try configuration.integer(.hookTimeout, in: 1...86400))
    limits = SchedulerLimits(
      running: Int(try configuration.integer(.hookSlots, in: 1...64)),
      startsPerSecond: Int(try configuration.integer(.hookRate, in: 1...10000)),
      laneRunsPerMinute: Int(try configuration.integer(.receiverRate, in: 1...600_000)))
    wantsDigests = try configuration.flag(.digest)
    let rule = configuration.text(.escalate)
    escalation = Escalation(rule)
    if escalation == nil, !rule.isEmpty { throw configuration.failure(.escalate, Escalation.form) }
    historyAge = .days(try configuration.integer(.historyDays, in: 1...36500))
    historySize = try configuration.integer(.historySize, in: 1 << 20...1 << 50)
    surroundings = HookCall.Surroundings(
      spool: root, home: CurrentProcess.environment("HOME") ?? "/", timeZone: CurrentProcess.environment("TZ"))
  }

  /// The hooks there are now. A folder that the configuration names has to be there: without it every alarm would go by
  /// in silence. The folder of the spool itself may be missing.
  func catalogue() throws(Failure) -> HookCatalogue {
    if configuration.text(.hooks) != Setting.hooks.standard, let complaint = try onSpool(hooks.complaint()) {
      throw configuration.failure(.hooks, complaint)
    }
    var catalogue = try onSpool(hooks.scan())
    do throws(SystemError) { try hooks.readConditions(into: &catalogue) } catch { throw Failure(storage: error) }
    return catalogue
  }

  /// Hooks run in `/`, so every path they are given is absolute.
  private static func absolute(_ path: String) throws(SystemError) -> String {
    path.hasPrefix("/") ? path : "\(try CurrentProcess.workingDirectory())/\(path)"
  }
}

/// The wall clock of this machine, which may be set: for dates, not for waits.
final class WallClock: Clock {
  func now() -> Timestamp { Timestamp(sinceEpoch: wallClock()) }
}

/// The wall clock at the start, moved on by the monotonic one: it is never set back, so no wait grows.
final class SteadyClock: Clock {
  private let start = Timestamp(sinceEpoch: wallClock())
  private let begun = Deadline.now

  func now() -> Timestamp { start.adding(begun.elapsed) }
}
