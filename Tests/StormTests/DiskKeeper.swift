internal import Foundation
import TestSupport

/// Makes the disk of a storm fail and recover at random moments; in the end it is well.
struct DiskKeeper {
  let ground: StormGround
  let clock: ContinuousClock.Instant
  private var folder: TemporaryFolder { ground.folder }
  private var ballast: String { folder.file("spool/ballast") }

  init(ground: StormGround, clock: ContinuousClock.Instant) { (self.ground, self.clock) = (ground, clock) }

  func run() throws {
    var random = SeededRandom(seed: ground.settings.seed &+ 177)
    defer { ground.gate.open() }
    while now < ground.settings.seconds {
      switch ground.settings.disk {
      case .plain, .tmpfs: return
      case .full:
        pause(0.1...1, &random)
        try fill(butFor: random.pick([0, 4096, 16_384, 65_536, 262_144]))
        pause(0.05...0.6, &random)
        try command("rm", ["-f", ballast])
      case .readonly:
        pause(1...3, &random)
        try ground.settings.disk.fail(in: folder)
        pause(0...0.4, &random)
        ground.gate.close()
        try ground.settings.disk.mountAgain(in: folder)
        ground.gate.open()
      }
    }
    try ground.settings.disk.end(in: folder)
  }

  private var now: Double { (ContinuousClock.now - clock) / .seconds(1) }

  private func pause(_ range: ClosedRange<Double>, _ random: inout SeededRandom) {
    usleep(UInt32(Double.random(in: range, using: &random) * 1_000_000))
  }

  /// Others take room meanwhile: where there is less than was there, all of it is taken.
  private func fill(butFor room: Int) throws {
    let free = try FileManager.default.attributesOfFileSystem(forPath: folder.file("spool"))[.systemFreeSize] as? Int ?? 0
    if free > room { _ = try TestSupport.run("fallocate", ["-l", "\(free - room)", ballast]) }
  }
}
