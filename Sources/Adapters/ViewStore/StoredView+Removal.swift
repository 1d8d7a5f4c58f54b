internal import Mailbox
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension StoredView {
  /// Takes in that messages were removed, and takes their words from the files of the view: what it says of messages that are gone is
  /// overwritten where it stands, durably. Where that fails the files go.
  package func forgetRemoved() throws {
    learned = [:]
    try refresh()
    guard mayWrite, let views = try root.folderIfPresent(.views) else { return }
    do {
      let view = try merged()
      guard let below = view.below else { return }
      let file = try root.openOrCreate(user.text, in: views)
      for record in view.changes.records where record.kind != .inserted {
        guard let old = try below.records(record.position..<record.position + 1).first else { continue }
        try file.write(all: [UInt8](repeating: 0, count: old.length), at: below.header.textStart + old.offset)
      }
      try file.sync()
    } catch {
      for name in [user.text, changesName] { try views.remove(name) }
    }
    try views.sync()
  }
}
