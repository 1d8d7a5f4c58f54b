internal import Mailbox
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension StoredView {
  /// Takes in that messages were removed, and takes their words from the files of the view: what it says of messages that are gone is
  /// overwritten where it stands, durably. Where that fails the files go.
  package func forgetRemoved() throws(Failure) {
    learned = [:]
    try refresh()
    guard mayWrite, let views = try onSpool(root.folderIfPresent(.views)) else { return }
    do throws(CacheUnusable) { try overwriteRemoved(in: views) } catch {
      for name in [user.text, changesName] { _ = try onSpool(views.remove(name)) }
    }
    try onSpool(views.sync())
  }

  private func overwriteRemoved(in views: Directory) throws(CacheUnusable) {
    guard let view = try? merged() else { throw CacheUnusable() }
    guard let below = view.below else { return }
    let file = try usable(root.openOrCreate(user.text, in: views))
    for record in view.changes.records where record.kind != .inserted {
      guard let old = try below.records(record.position..<record.position + 1).first else { continue }
      try usable(file.write(all: [UInt8](repeating: 0, count: old.length), at: below.header.textStart + old.offset))
    }
    try usable(file.sync())
  }
}
