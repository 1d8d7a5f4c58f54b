// Repair writes the first faulty segment and every later one anew from the records that are intact, in a new file that
// takes the old one's name; the old file stays in bad/. A record that is lost shows in the next one of the same account,
// which says what the account had: the difference is booked against `=lost`, so that every balance that was ever shown
// stays what it was, and the sum stays zero. Numbers and chain are made new.
//
// It runs under the lock of the last segment, oldest first. A crash between two segments leaves faults again, which the
// next repair mends; the marker of a failed fdatasync goes last.

internal import DurableFiles
internal import Ledger
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// What a repair did to one segment.
package struct SegmentRepair: Hashable, Sendable {
  /// `pay/ledger/00000001`.
  package let file: String
  /// Where the old file is.
  package let old: String
  package let keptRecords: Int
  package let lostRecords: Int
  /// Postings against `=lost` that make up for lost records.
  package let corrections: Int
}

extension LedgerFile {
  /// Mends what `verify` finds; empty when there is nothing to mend.
  package func repair() throws(Failure) -> [SegmentRepair] {
    guard let last = try onDisk({ () throws(SystemError) in try LedgerPaths.segments(in: root) }).last,
      let lock = try Segment.lock(last, in: root, for: .writing, wait: wait)
    else { return [] }
    // A torn tail is no fault, but a repair was asked for: it goes too.
    let torn = lock.status.size % Record.length != 0 ? last : nil
    guard let first = (try verify(locked: lock).map({ $0.segment }) + (torn.map { [$0] } ?? [])).min() else { return [] }
    var rewriting = Rewriting(after: try startOf(first))
    var repairs: [SegmentRepair] = []
    for number in first...last {
      guard let segment = number == last ? lock : try Segment.open(number, in: root) else {
        throw Failure(.badData, "\(LedgerPaths.segment(number)) is missing", remedy: "put it back from a copy and repeat")
      }
      repairs.append(try replace(segment, with: try rewriting.rewrite(segment, isLast: number == last)))
    }
    for number in first...last { try removeMarker(number) }
    return repairs
  }

  /// Link and balances with which the first faulty segment begins.
  private func startOf(_ number: Int) throws(Failure) -> (link: Link, state: BookState?) {
    guard number > LedgerPaths.firstSegment, let before = try Segment.open(number - 1, in: root) else { return (.start, nil) }
    var state = BookState()
    let link = try before.scan(from: 0, to: before.status.size / Record.length, after: nil) { record, _ throws(Failure) in
      try state.add(record)
    }
    return (link ?? .start, state)
  }

  private func replace(_ segment: Segment, with result: Rewriting.Result) throws(Failure) -> SegmentRepair {
    let name = LedgerPaths.name(segment.number)
    let old = try onDisk { () throws(SystemError) in
      let noise = hexadecimal(try randomBytes(4))
      let kept = "ledger-\(name).\(noise)"
      let bad = try root.ensureFolder(.bad)
      let folder = try root.folder(.ledger)
      let file = try root.temporaryFile("ledger")
      try file.write(result.bytes)
      try folder.link(name, to: bad, as: kept)
      try bad.sync()
      try file.publish(in: folder, replacing: name)
      return SpoolFolder.bad.file(kept)
    }
    return SegmentRepair(
      file: LedgerPaths.segment(segment.number), old: old, keptRecords: result.kept, lostRecords: result.lost,
      corrections: result.corrections)
  }

  private func removeMarker(_ number: Int) throws(Failure) {
    try onDisk { () throws(SystemError) in
      if try root.directory.remove(LedgerPaths.poison(number)) { try root.folder(.ledger).sync() }
    }
  }
}
