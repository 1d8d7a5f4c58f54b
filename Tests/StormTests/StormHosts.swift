internal import Foundation
internal import Synchronization
import TestSupport

/// The hosts on which the commands of a storm run (`Tests/hosts.sh`), and what happens to them and to their file system.
final class StormHosts: Sendable {
  /// For each host the words in front of a command, none where it is run as it is.
  private let prefixes: [[String]]
  /// The folder that all hosts share; the spool is in it.
  let mount: String?
  /// What is to be killed, in order; the name of a fault is put behind `faultCommand`.
  let faults: [String]
  private let faultCommand: [String]
  /// Another mount of the same, to prove the first one by.
  private let otherMount: String?
  private let isLastDead = Mutex(false)

  init() { (prefixes, mount, faults, faultCommand, otherMount) = ([[]], nil, [], [], nil) }

  /// From the environment. Nil where it names no hosts.
  init?(environment: [String: String]) {
    guard let lines = environment["MSGSPOOL_HOSTS"], let mount = environment["MSGSPOOL_HOSTS_MOUNT"] else { return nil }
    func words(_ text: String?) -> [String] { (text ?? "").split(separator: " ").map(String.init) }
    prefixes = lines.split(separator: "\n").map { words(String($0)) }
    self.mount = mount
    faultCommand = words(environment["MSGSPOOL_HOSTS_FAULT"])
    otherMount = environment["MSGSPOOL_HOSTS_OTHER"]
    faults = words(environment["MSGSPOOL_STORM_FAULTS"])
    guard prefixes.count > 1 else { return nil }
  }

  var areMany: Bool { mount != nil }

  /// The words in front of a command of a worker. Those of a host that is dead go on at another.
  func prefix(for worker: Int) -> [String] {
    isLastDead.withLock { prefixes[worker % ($0 ? prefixes.count - 1 : prefixes.count)] }
  }

  /// Whether a command could not be run at all, because its host died at that moment.
  func wasUnreachable(_ errors: String) -> Bool { areMany && errors.hasPrefix("nsenter: ") }

  func meet(_ fault: String) throws {
    if fault == "host" { isLastDead.withLock { $0 = true } }
    guard let program = faultCommand.first else { throw HarnessFailure("no command makes the fault \(fault)") }
    try command(program, faultCommand.dropFirst() + [fault])
  }

  /// Proves the mount to the tools, which write to no other.
  func prove(_ spool: TestSpool) throws {
    guard let mount, let otherMount else { return }
    try spool.folder.write("spool/config", "hosts = many\n" + spool.folder.read("spool/config"))
    let folder = URL(fileURLWithPath: spool.path).resolvingSymlinksInPath().path
    let proven = try spool.run("msg-pay", ["verify", "--mounts", otherMount + folder.dropFirst(mount.utf8.count)])
    guard proven.status == 0 else { throw HarnessFailure("the mount is not proven: \(proven)") }
  }

  /// Puts an empty folder of the mount in the place of the spool.
  func place(_ spool: String) throws {
    guard let mount else { return }
    let folder = "\(mount)/storm-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try FileManager.default.removeItem(atPath: spool)
    try FileManager.default.createSymbolicLink(atPath: spool, withDestinationPath: folder)
  }
}

/// Kills what `StormHosts.faults` names, evenly over the storm, and starts it again in the end.
struct HostKeeper {
  let ground: StormGround
  let clock: ContinuousClock.Instant

  func run() throws {
    let hosts = ground.settings.hosts
    guard !hosts.faults.isEmpty else { return }
    for (number, fault) in hosts.faults.enumerated() {
      try pause(until: ground.settings.seconds * Double(number + 1) / Double(hosts.faults.count + 1))
      try hosts.meet(fault)
    }
    try pause(until: ground.settings.seconds)
    try hosts.meet("heal")
  }

  private func pause(until moment: Double) throws {
    while (ContinuousClock.now - clock) / .seconds(1) < moment { usleep(20_000) }
  }
}
