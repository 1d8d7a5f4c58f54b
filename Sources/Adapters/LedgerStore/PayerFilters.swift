// `pay/cache/<boot id>/payers.NNNNNNNN` says of each whole block of 256 records of a segment which payers it may have entries of, so
// that the newest entries of one payer are found without reading those of all payers.
//
//   bytes n × 512 and on    the filter of block n: a checksum over the end of the block's last record and the bits; four zeros; the bits
//
// The end of a record is its chain and checksum, which stand for all records up to there. So a filter that matches it is of these very
// records; if the segment was replaced by another file or changed in place, it does not match.
//
// Protocol. A filter is derived and never synced. It depends on nothing but the records of its block, which never change once they were
// seen whole under the ledger's lock. Any process that has read a block may therefore write its filter without a lock; two that do so
// write the same bytes. A filter that is missing, half written, or of other records has no valid checksum, and its block is read. It is
// written by a process that completes the block, builds the index, or had to read the block because its filter was missing.

internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// The filters of one segment.
final class PayerFilters {
  private let root: SpoolRoot
  private let bootID: String
  private let segment: Segment
  /// What the file had when it was opened.
  private let bytes: [UInt8]
  private var file: FileDescriptor?
  private var isUnwritable = false

  /// Nil where there can be no cache.
  init?(of segment: Segment, in root: SpoolRoot, bootID: String?) {
    guard let bootID else { return nil }
    (self.root, self.bootID, self.segment) = (root, bootID, segment)
    let blocks = segment.status.size / Record.length / PayerFilter.block
    let path = SpoolFolder.ledgerCache.folder(bootID).file(PayerFilters.name(segment))
    // Whatever is wrong with a cache, the ledger itself answers.
    bytes = (try? root.directory.open(path, .read).read(blocks * PayerFilter.length, at: 0)) ?? []
  }

  static func name(_ segment: Segment) -> String { "payers.\(LedgerPaths.name(segment.number))" }

  /// The filter of a block; nil where it has to be read.
  func filter(of block: Int) -> PayerFilter? {
    let start = block * PayerFilter.length
    guard start + PayerFilter.length <= bytes.count, let end = end(of: block) else { return nil }
    return PayerFilter(decoding: bytes[start..<start + PayerFilter.length], end)
  }

  /// Chain and checksum of the last record of a block; nil where they cannot be read.
  private func end(of block: Int) -> [UInt8]? {
    let record = (block + 1) * PayerFilter.block - 1
    return try? segment.file.read(Record.length - Record.bodyLength, at: record * Record.length + Record.bodyLength)
  }

  /// Keeps the filter of a whole block, where that can be done.
  func keep(_ filter: PayerFilter, of block: Int) {
    guard let end = end(of: block) else { return }
    if file == nil, !isUnwritable {
      file = IndexFolder.make(root, bootID: bootID).flatMap { try? root.openOrCreate(PayerFilters.name(segment), in: $0) }
      isUnwritable = file == nil
    }
    do throws(SystemError) { try file?.write(all: filter.encode(end), at: block * PayerFilter.length) } catch {
      file = nil
      isUnwritable = true
    }
  }

  /// Makes the filters that are missing of the blocks that end at record `end` or before.
  func complete(to end: Int) throws(Failure) {
    for block in 0..<end / PayerFilter.block where filter(of: block) == nil {
      var filter = PayerFilter()
      var scan = RecordScan()
      _ = try scan.read(segment, from: block * PayerFilter.block, to: (block + 1) * PayerFilter.block) { bytes, offset, _ in
        PayerHash.forEach(in: bytes, at: offset) { filter.insert($0) }
        return true
      }
      keep(filter, of: block)
      if isUnwritable { return }
    }
  }
}
