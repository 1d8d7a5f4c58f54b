internal import Foundation
import TestSupport

/// Runs the plan of one worker, one command after another.
struct StormWorker {
  let ground: StormGround
  let number: Int
  let clock: ContinuousClock.Instant

  func run() throws -> [CommandRecord] {
    var plan = StepPlan(
      seed: ground.settings.seed, worker: number, movesMoney: ground.settings.gateway == .ledger)
    var records: [CommandRecord] = []
    var ids: [String: String] = [:]
    while now < ground.settings.seconds {
      var step = plan.next()
      if step.arguments.contains(Step.identifier) {
        guard let id = step.purpose.tag.flatMap({ ids[$0] }) else { continue }
        step.arguments = step.arguments.map { $0 == Step.identifier ? id : $0 }
      }
      let record = try ground.gate.pass { try run(step, output: "w\(number)-\(records.count)") }
      if ground.settings.hosts.wasUnreachable(record.errors) { continue }
      ids.merge(record.identifiers) { $1 }
      records.append(record)
    }
    return records
  }

  private var now: Double { (ContinuousClock.now - clock) / .seconds(1) }

  private func answer(_ status: Int32) -> CommandRecord.Answer {
    if status == 128 + SIGKILL { return .killed }
    return ground.settings.disk == .readonly && [73, 74].contains(status) ? .undecided(status) : .status(status)
  }

  private func run(_ step: Step, output name: String) throws -> CommandRecord {
    let folder = ground.folder
    try folder.write("run/\(name).in", step.input)
    let start = now
    let process = try BackgroundProcess(
      ground.settings.hosts.prefix(for: number) + ["\(ground.tools)/\(step.tool)"] + step.arguments,
      environment: ground.environment(user: step.user),
      input: folder.file("run/\(name).in"), output: folder.file("run/\(name).out"), errors: folder.file("run/\(name).err"))
    // Where several hosts share the spool a command takes about ten times as long.
    var killAt = step.killedAfter.map { start + $0 * (ground.settings.hosts.areMany ? 10 : 1) } ?? .infinity
    while process.status == nil {
      if now >= killAt {
        kill(process.id, SIGKILL)
        killAt = .infinity
      }
      // A command that never ends is a violation of its time-out, and must not keep the storm for ever.
      if now > start + step.timeout + 60 { kill(process.id, SIGKILL) }
      usleep(1_000)
    }
    let end = now
    guard let status = process.status else { throw HarnessFailure("no status") }
    return CommandRecord(
      step: step, start: start, end: end, answer: answer(status), output: try folder.read("run/\(name).out"),
      errors: try folder.read("run/\(name).err"))
  }
}
