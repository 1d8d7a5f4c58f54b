internal import SpoolLayout
internal import SystemCalls

/// The names the ledger has in a spool, relative to its root.
enum LedgerPaths {
  static let firstSegment = 1
  /// The largest number of eight digits.
  static let lastSegment = 99_999_999

  static func name(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
  }

  static func segment(_ number: Int) -> String { SpoolFolder.ledger.file(name(number)) }

  /// The marker that a write to the segment failed to become durable.
  static func poison(_ number: Int) -> String { "\(segment(number)).poisoned" }

  /// The segments there are, ascending; empty where there is no ledger yet. Other names are not ours.
  static func segments(in root: SpoolRoot) throws(SystemError) -> [Int] {
    guard let folder = try root.folderIfPresent(.ledger) else { return [] }
    return try folder.list().entries.compactMap { entry in
      guard entry.name.utf8.count == 8, entry.name.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(entry.name), number > 0
      else { return nil }
      return number
    }.sorted()
  }
}
