// `pay/breaker/GATEWAY`: what all processes know together of one gateway. It is read, changed and written under a lock on the file
// itself, in one write, so that no outcome of any process is lost; a process that only looks takes no lock. It is soft state: never
// fsynced, and a file that is missing, torn or foreign counts as the file of a gateway that was never called, which the process that
// finds it says once.
//
// A holder that is killed before its write leaves the old state, which is as if it had not come by; the kernel frees the lock.

package import Gateways
package import SharedKernel
package import SpoolLayout
package import SystemCalls

package final class GatewayHealthFile {
  /// How long to wait for others. They hold the lock for less than a millisecond, but there may be hundreds on a busy machine; one
  /// that was stopped in between is not to stop all others.
  package static let patience = Duration.seconds(10)

  private let root: SpoolRoot
  private let gateway: GatewayName
  /// Of slots, at most.
  private let maximum: Int
  private let clock: any Clock
  private let announce: (String) -> Void

  /// `announce` is given sentences for a person: a state that had to be begun anew.
  package init(
    root: SpoolRoot, gateway: GatewayName, slots maximum: Int, clock: any Clock,
    announce: @escaping (String) -> Void
  ) {
    self.root = root
    (self.gateway, self.maximum, self.clock, self.announce) = (gateway, maximum, clock, announce)
  }

  /// The time that the gateway's state goes by.
  package var now: Timestamp { clock.now() }

  /// What is known now, without changing it; that of a gateway never called where the file is missing.
  package func look() throws(Failure) -> GatewayHealth {
    do throws(SystemError) {
      var health = GatewayHealth(at: clock.now())
      if let folder = try root.folderIfPresent(.breakers), try folder.status(of: gateway.text) != nil {
        let file = try folder.open(gateway.text, .read)
        // Callers that wait look again and again: without the lock they delay no writer, even when they are stopped. What was read
        // while it was written has a wrong checksum.
        if let known = HealthRecord.decode(try file.read(HealthRecord.length, at: 0)) {
          health = known
        } else {
          _ = try file.lock(.shared, wait: .until(.after(GatewayHealthFile.patience)))
          health = HealthRecord.decode(try file.read(HealthRecord.length, at: 0)) ?? health
        }
      }
      health.advance(to: clock.now(), slots: maximum)
      return health
    } catch { throw Failure(storage: error) }
  }

  /// Changes what is known, with all other processes kept out; 75 where that cannot be had before the deadline. `body` gets the time it is.
  package func update<Result>(
    until deadline: Deadline = .after(patience), _ body: (inout GatewayHealth, Timestamp) -> Result
  ) throws(Failure) -> Result {
    let result: Result?
    do throws(SystemError) {
      let folder = try root.ensureFolder(.breakers)
      let file = try root.openOrCreate(gateway.text, in: folder)
      result = try file.lock(.exclusive, wait: .until(deadline)) ? try update(file, body) : nil
    } catch { throw Failure(storage: error) }
    guard let result else {
      throw Failure(.temporary, "gateway \(gateway): another process holds \(SpoolFolder.breakers.file(gateway.text))", remedy: "try again")
    }
    return result
  }

  private func update<Result>(
    _ file: borrowing FileDescriptor, _ body: (inout GatewayHealth, Timestamp) -> Result
  ) throws(SystemError) -> Result {
    let bytes = try file.read(HealthRecord.length, at: 0)
    let known = HealthRecord.decode(bytes)
    if known == nil, !bytes.isEmpty { announce("gateway \(gateway): \(file.path) was damaged; its breaker starts closed") }
    // The time is taken under the lock, so that it never runs backwards from one holder to the next.
    let now = clock.now()
    var health = known ?? GatewayHealth(at: now)
    health.advance(to: now, slots: maximum)
    let result = body(&health, now)
    try file.write(all: HealthRecord.encode(health), at: 0)
    return result
  }
}
