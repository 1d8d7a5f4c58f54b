internal import Mailbox

/// The known messages that a listing met under another name, in the order of the view.
struct RenamedNames {
  struct Item {
    /// Of the message in the view.
    let index: Int32
    /// The index among the names that were met.
    let name: Int32
  }

  private(set) var items: [Item] = []

  init(_ scan: FolderScan, _ known: KnownNames) {
    var all: [Item] = []
    for (name, met) in scan.names.enumerated() {
      // The last listing counts, unless it missed the message; and what is in `cur/`, whatever stands in `new/`.
      guard let entry = met.known, name >= scan.lastStart || !known.wasMetLast(entry),
        met.place == .cur || !known.wasInCurrent(entry)
      else { continue }
      all.append(Item(index: known.indexes[entry], name: Int32(name)))
    }
    all.sort { $0.index != $1.index ? $0.index < $1.index : $0.name > $1.name }
    // A message that moved on is where it was met last.
    for item in all where items.last?.index != item.index { items.append(item) }
  }
}
