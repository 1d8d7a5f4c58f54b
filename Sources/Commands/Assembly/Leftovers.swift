internal import Sending
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// How long recovery may wait for another process or for a gateway.
package enum LeftoverPatience: Sendable {
  /// In a command that deals with payments.
  case payer
  /// In msg-alarmd, which only reports. It asks no gateway whose calls may take longer, which is most of them.
  case onlooker

  fileprivate var span: Duration {
    switch self {
    case .payer: .seconds(1)
    case .onlooker: .milliseconds(100)
    }
  }
}

/// Finishes what killed senders left in the outbox, and returns what could not be finished. Every tool but msg-read does this at its start;
/// it costs three looks where there is nothing. `announce` is given what a person should see at once.
package func recoverLeftovers(of spool: Spool, _ patience: LeftoverPatience, announce: @escaping (String) -> Void) -> [Failure] {
  do throws(Failure) {
    if try !SpoolServices.hasLeftovers(spool) { return [] }
    // The daemon may look at a spool that it must not write to.
    try spool.refuseUnsafeWriting()
    let services = try SpoolServices(
      spool: spool, purpose: .writing, deadline: .after(patience.span), announce: announce)
    return try services.sending().recovery.recover(limit: SpoolServices.recoveryBound)
  } catch { return [error] }
}

/// The same; what a person should see at once is among what is returned.
package func recoverLeftovers(of spool: Spool, _ patience: LeftoverPatience) -> [Failure] {
  var announced: [Failure] = []
  let problems = recoverLeftovers(of: spool, patience) { announced.append(Failure(.temporary, $0)) }
  return announced + problems
}

extension SpoolServices {
  /// Whether anything stands in the outbox, or is to be given back, that is not finished.
  package static func hasLeftovers(_ spool: Spool) throws(Failure) -> Bool {
    do throws(SystemError) {
      for place in [SpoolFolder.outbox, .voiding, .refunds] {
        if let folder = try spool.root.folderIfPresent(place), try !folder.list(limit: 1).entries.isEmpty { return true }
      }
      return false
    } catch { throw Failure(storage: error) }
  }
}
