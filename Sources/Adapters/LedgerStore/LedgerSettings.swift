/// What the spool's configuration says about the ledger's files.
package struct LedgerSettings: Sendable {
  /// Bytes after which a new segment is begun.
  package let segmentSize: Int
  package let fileMode: UInt32
  package let directoryMode: UInt32

  package init(segmentSize: Int = 64 << 20, fileMode: UInt32 = 0o600, directoryMode: UInt32 = 0o700) {
    (self.segmentSize, self.fileMode, self.directoryMode) = (segmentSize, fileMode, directoryMode)
  }
}

/// Whether transactions may record something. A reader takes a shared lock where it can get one, makes nothing, repairs
/// nothing, and works on a spool that it may only read or that has no ledger yet.
package enum LedgerPurpose: Sendable { case reading, writing }
