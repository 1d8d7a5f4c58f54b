internal import DurableFiles
package import SharedKernel
package import SpoolLayout
internal import SystemCalls

/// `pay/cache/verified`: when the book was verified last, and with what result; a line of the time and the number of faults. For people:
/// nothing is decided by it, and it is not synced. Nothing is kept while there is no `pay/cache`, which the first payment makes.
package struct LastVerification: Hashable, Sendable {
  package let time: Timestamp
  package let faults: Int

  package init(time: Timestamp, faults: Int) { (self.time, self.faults) = (time, faults) }

  /// Nil where the book was never verified, or the file is something else.
  package init?(in root: SpoolRoot) throws(Failure) {
    let bytes: [UInt8]?
    do throws(SystemError) { bytes = try root.contents(of: .lastVerification, limit: SizeLimit.note) } catch {
      throw Failure(storage: error)
    }
    let words = String(decoding: bytes ?? [], as: UTF8.self).split { " \n".contains($0) }
    guard words.count == 2, let time = Timestamp(rfc3339: String(words[0])), let faults = Int(words[1]) else { return nil }
    self.init(time: time, faults: faults)
  }

  package func keep(in root: SpoolRoot) throws(Failure) {
    do throws(SystemError) {
      guard let folder = try root.folderIfPresent(.ledgerCache) else { return }
      let file = try root.temporaryFile("verified")
      try file.write(Array("\(time.rfc3339) \(faults)\n".utf8))
      try file.rename(in: folder, replacing: SpoolFile.lastVerification.name)
    } catch { throw Failure(storage: error) }
  }
}

extension LedgerFile {
  /// Bytes of a record.
  package static var recordSize: Int64 { Int64(Record.length) }
}
