package import SharedKernel

/// What the spool's configuration says about the ledger's files.
package struct LedgerSettings: Sendable {
  /// Bytes after which a new segment is begun.
  package let segmentSize: Int
  /// What amounts are counted in.
  package let currency: Currency

  package init(segmentSize: Int = 64 << 20, currency: Currency = Currency("credit")) {
    (self.segmentSize, self.currency) = (segmentSize, currency)
  }
}

/// Whether transactions may record something. A reader takes a shared lock where it can get one, makes nothing, repairs
/// nothing, and works on a spool that it may only read or that has no ledger yet.
package enum LedgerPurpose: Sendable { case reading, writing }
