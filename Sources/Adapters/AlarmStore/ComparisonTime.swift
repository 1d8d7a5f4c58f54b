package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// `alarms/compared`: when mailboxes and feed were compared last. Never synced: an older time, or none, means more work and no harm.
package struct ComparisonTime {
  private let file: DerivedFile

  package init(root: SpoolRoot) { file = DerivedFile(root: root, file: .comparisonTime, limit: SizeLimit.line) }

  /// Nil before the first comparison, and where a sender has asked for one.
  package func read() throws(SystemError) -> Timestamp? { try file.read().flatMap { Timestamp(rfc3339: String($0.prefix { $0 != "\n" })) } }

  package func write(_ time: Timestamp) throws(SystemError) { try file.write(time.rfc3339) }
}
