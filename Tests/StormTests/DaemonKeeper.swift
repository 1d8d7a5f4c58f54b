internal import Foundation
import TestSupport

/// Keeps an msg-alarmd running, and kills it at random moments.
struct DaemonKeeper {
  let ground: StormGround
  let clock: ContinuousClock.Instant

  func run() throws {
    var random = SeededRandom(seed: ground.settings.seed &+ 77)
    while now < ground.settings.seconds {
      let end = min(now + Double.random(in: 0.2...4, using: &random), ground.settings.seconds)
      try ground.gate.pass { try runDaemon(until: end, host: random.pick([0, 1, 2])) }
    }
  }

  private func runDaemon(until end: Double, host: Int) throws {
    let daemon = try BackgroundProcess(
      ground.settings.hosts.prefix(for: host) + ["\(ground.tools)/msg-alarmd"], environment: ground.environment(user: "ann"),
      errors: ground.folder.file("daemon.err"))
    // It ends by itself where `--once` is at work.
    while now < end, daemon.status == nil, !ground.gate.isClosed { usleep(20_000) }
    kill(daemon.id, SIGKILL)
    try waitUntil("the daemon ends") { daemon.status != nil }
  }

  private var now: Double { (ContinuousClock.now - clock) / .seconds(1) }
}
