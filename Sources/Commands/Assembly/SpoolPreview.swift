package import Sending
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// What a send can be checked against before anything is made: the configuration and aliases of a spool, or the
/// defaults where there is none yet.
package struct SpoolPreview {
  package let path: String
  package let configuration: Configuration
  /// Nil where there is none yet.
  package let spool: Spool?
  private let root: SpoolRoot?

  package init(path: String) throws(Failure) {
    self.path = path
    do throws(Failure) {
      let spool = try Spool.open(at: path, for: .reading)
      (self.spool, root, configuration) = (spool, spool.root, spool.configuration)
    } catch {
      guard error.kind == .notFound else { throw error }
      // No spool yet; a folder may hold its config and aliases already.
      spool = nil
      root = try? SpoolRoot(opening: path)
      configuration = if let root { try Configuration(reading: root) } else { try Configuration(parsing: "", path: path) }
    }
  }

  package func addressBook() throws(Failure) -> AddressBook {
    guard let root else { return AddressBook([:]) }
    let aliases = try AliasFile.read(in: root)
    if aliases.isEmpty { return AddressBook([:]) }
    return AddressBook(aliases.mapValues { AddressBook.Alias(targets: $0.targets, place: $0.place) })
  }

  /// Which senders may pay from which account.
  package func payers() throws(Failure) -> Payers { if let root { try Payers.read(in: root) } else { .own } }

  /// Throws what a send would be answered now if it would not be made (`Dispatcher.check`). It changes nothing.
  package func check(_ request: SendRequest, deadline: Deadline) throws(Failure) {
    guard let spool else {
      if let root { try Spool.refuseForeignEntries(in: root) }
      return
    }
    try spool.refuseUnsafeWriting()
    try SpoolServices(spool: spool, purpose: .reading, deadline: deadline).check(request)
  }

  package var currency: Currency { configuration.money }
}
