internal import Foundation
internal import Synchronization
import TestSupport

/// One storm: the workers, the daemon and what happens to the disk and the hosts at once, then the settlement.
struct Storm {
  let ground: StormGround

  /// Everything that is known from outside afterwards.
  func run() throws -> StormRecord {
    let clock = ContinuousClock.now
    let crowd = Crowd()
    let group = DispatchGroup()
    let workers = ground.settings.workers
    for number in 0..<workers + 3 {
      group.enter()
      let ground = ground
      Thread.detachNewThread {
        do {
          if number == workers {
            try DaemonKeeper(ground: ground, clock: clock).run()
          } else if number == workers + 1 {
            try DiskKeeper(ground: ground, clock: clock).run()
          } else if number > workers {
            try HostKeeper(ground: ground, clock: clock).run()
          } else {
            let records = try StormWorker(ground: ground, number: number, clock: clock).run()
            crowd.commands.withLock { $0 += records }
          }
        } catch { crowd.failures.withLock { $0.append("\(error)") } }
        group.leave()
      }
    }
    group.wait()
    let failed = crowd.failures.withLock { $0 }
    guard failed.isEmpty else { throw HarnessFailure(failed.joined(separator: "\n")) }
    let leftovers = try Settlement(ground: ground).settle()
    return try Evidence(ground: ground).collect(
      commands: crowd.commands.withLock { $0 }.sorted { $0.start < $1.start }, leftovers: leftovers)
  }

  private final class Crowd: Sendable {
    let commands = Mutex<[CommandRecord]>([])
    let failures = Mutex<[String]>([])
  }
}
