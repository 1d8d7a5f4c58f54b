internal import Mailbox
internal import SharedKernel

/// The names of a listing that were not known, in the order of their messages. Few bytes each, for there may be very many.
struct ArrivedNames {
  struct ArrivedName {
    /// The index among the names that were met.
    let name: Int32
    let delivered: Timestamp
  }

  private(set) var items: [ArrivedName] = []
  /// Some message has two files and no time in its name; the one that was met last is among the items.
  private(set) var hasTwins = false

  init(_ scan: FolderScan, _ folders: any MailboxFolders) throws(Failure) {
    items.reserveCapacity(scan.names.count)
    var undated: [ArraySlice<UInt8>: Int] = [:]
    for (index, name) in scan.names.enumerated() where name.known == nil {
      let bytes = scan.bytes[name.range]
      if let delivered = StoredMessage.delivered(inName: bytes.span) {
        items.append(ArrivedName(name: Int32(index), delivered: delivered))
      } else if let delivered = try folders.modified(Array(bytes), in: name.place) {
        let (base, item) = (scan.base(Int32(index)), ArrivedName(name: Int32(index), delivered: delivered))
        // Two files may have two times, so these do not meet in the order below.
        if let other = undated[base] {
          hasTwins = true
          items[other] = item
        } else {
          undated[base] = items.count
          items.append(item)
        }
      }
    }
    items.sort {
      if $0.delivered != $1.delivered { return $0.delivered < $1.delivered }
      let (left, right) = (scan.base($0.name), scan.base($1.name))
      return left != right ? left.lexicographicallyPrecedes(right) : $0.name < $1.name
    }
  }
}
