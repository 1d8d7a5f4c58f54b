package import Gateways
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// `pay/events.log`: a line for each change of a breaker's state. Bounded: a full file becomes `events.log.1`, and what was there
/// goes. It is for people; losing the last lines in a power cut is no harm.
package final class GatewayEventLog {
  /// Bytes after which a new file is begun.
  private static let limit = 256 << 10
  private static let name = SpoolFile.gatewayEvents.name
  /// How long to wait for others. A line more is not worth waiting for one that was stopped.
  private static let patience = Duration.seconds(1)

  private let root: SpoolRoot

  package init(root: SpoolRoot) {
    self.root = root
  }

  /// Adds a line, whole, behind those of other processes.
  package func add(_ transition: BreakerTransition, of gateway: GatewayName) throws(Failure) {
    let line = "\(transition.time.rfc3339) \(gateway) \(transition.from.rawValue) \(transition.to.rawValue) \(transition.reason)\n"
    do throws(SystemError) {
      let folder = try root.ensureFolder(.payments)
      var file = try root.openOrCreate(GatewayEventLog.name, in: folder)
      _ = try file.lock(.exclusive, wait: .until(.after(GatewayEventLog.patience)))
      if try file.status().size >= GatewayEventLog.limit {
        // A process that waits for the lock of the old file adds to that file, where it is still read.
        try folder.rename(GatewayEventLog.name, to: folder, replacing: "\(GatewayEventLog.name).1")
        file = try root.openOrCreate(GatewayEventLog.name, in: folder)
        _ = try file.lock(.exclusive, wait: .until(.after(GatewayEventLog.patience)))
      }
      try file.write(all: Array(line.utf8), at: try file.status().size)
    } catch { throw Failure(storage: error) }
  }
}
