internal import SpoolLayout
internal import DurableFiles
internal import Mailbox
internal import SharedKernel
internal import SystemCalls

extension StoredView {
  package func finish() {
    guard !learned.isEmpty, let view = try? merged() else { return }
    var edit = ViewEdit(view, header)
    for (index, entry) in learned.sorted(by: { $0.key < $1.key }) where index < view.count { _ = try? edit.complete(index, entry) }
    edit.commit()
    (header, learned, isBehind) = (edit.header, [:], true)
    save()
  }

  /// Writes what is known: the changes where they are few, else the whole. Where that fails, the next reader learns it again.
  func save() {
    guard isBehind, let view = try? merged() else { return }
    isBehind = false
    do throws(CacheUnusable) {
      guard isWorthKeeping else { throw CacheUnusable() }
      if view.below == nil || view.changes.records.count > changesLimit {
        try write(view) { _, _ in .stays }
      } else {
        try writeChanges(of: view)
      }
    } catch {
      // What cannot be kept need not be held in memory either where it is very much.
      if view.changes.records.count >= batch / 2 { try? writeAside(view) }
    }
  }

  /// Writes the whole to a private file, outside the spool, and goes on with it.
  private func writeAside(_ view: MergedView) throws(CacheUnusable) {
    let folder = try usable(Directory(opening: CurrentProcess.environment("TMPDIR") ?? "/tmp"))
    let name = "msgspool-view.\(hexadecimal(try usable(randomBytes(8))))"
    // Its name goes with this object, when the view is open.
    let file = try usable(TemporaryFile(in: folder, name: name))
    let head = try fill(file, with: view) { _, _ in .stays }
    let below = try ViewFile(opening: name, in: folder)
    if below.header.id != head.id { throw CacheUnusable() }
    (header, learned) = (head, [:])
    adopt(MergedView(below, ChangeSet()))
  }

  func newFile() throws(CacheUnusable) -> TemporaryFile {
    guard let folder = temporaryFolder() else { throw CacheUnusable() }
    return try usable(root.temporaryFile("view", in: folder))
  }

  private func writeChanges(of view: MergedView) throws(CacheUnusable) {
    guard let below = view.below else { throw CacheUnusable() }
    let changes = view.changes
    var head = header
    head.id = try usable(drawNumber())
    (head.below, head.recordCount, head.textLength) = (below.header.id, changes.records.count, 0)
    var (records, texts): ([UInt8], [UInt8]) = ([], [])
    for (index, old) in changes.records.enumerated() {
      var record = old
      record.offset = texts.count
      if record.kind != .removed { texts += changes.text(of: old) }
      record.append(to: &records, seed: head.id, index: index)
    }
    head.textLength = texts.count
    let (views, file) = (try ensureViewFolder(), try newFile())
    try usable(file.descriptor.write(all: head.bytes + records + texts))
    try usable(file.rename(in: views, replacing: changesName))
  }

  /// What becomes of an entry in a view that is written anew.
  enum Fate {
    case stays
    case becomes(MailboxEntry)
    case goes
  }

  /// Writes the whole as a new view, without those that go, of which there are `gone`, and goes on with it.
  func write(_ view: MergedView, without gone: Int = 0, _ fate: (Int, MailboxEntry) -> Fate) throws(CacheUnusable) {
    let (views, file) = (try ensureViewFolder(), try newFile())
    let head = try fill(file, with: view, without: gone, fate)
    try usable(file.rename(in: views, replacing: user.text))
    // Those of another view are not looked at; left over, they do no harm.
    _ = try usable(views.remove(changesName))
    let below = try ViewFile(opening: user.text, in: views)
    if below.header.id != head.id { throw CacheUnusable() }
    (header, learned) = (head, [:])
    adopt(MergedView(below, ChangeSet()))
  }

  private func fill(
    _ file: TemporaryFile, with view: MergedView, without gone: Int = 0, _ fate: (Int, MailboxEntry) -> Fate
  ) throws(CacheUnusable) -> ViewHeader {
    var head = header
    head.id = try usable(drawNumber())
    (head.below, head.recordCount, head.textLength, head.completeCount) = (0, view.count - gone, 0, 0)
    var output = ViewOutput(file, head)
    for index in 0..<view.count {
      var (record, entry) = (try view.record(index), try view.entry(index))
      switch fate(index, entry) {
      case .stays: break
      case .goes:
        count(record.facts, -1, in: &head)
        continue
      case .becomes(let other):
        count(record.facts, -1, in: &head)
        count(other.facts, 1, in: &head)
        let delivered = record.facts.delivered
        (record.facts, entry) = (other.facts, other)
        record.facts.delivered = delivered
        record.nameHash = KnownNames.nameHash(
          Array(entry.bytes(.name)).span, entry.facts.state.contains(.new) ? .new : .cur, seed: head.seed)
      }
      if record.facts.date != nil { head.completeCount += 1 }
      try output.add(record, entry.packed)
    }
    head.textLength = try output.end()
    try usable(file.descriptor.write(all: head.bytes, at: 0))
    return head
  }

  /// Looks at every file that was not looked at.
  func writeComplete(_ view: MergedView) throws(CacheUnusable) {
    try write(view) { index, entry in
      if entry.isComplete { return .stays }
      if let known = learned[index] { return .becomes(known) }
      // A message may have been renamed since the listing.
      return (try? folders.summary(of: entry.message)).flatMap { $0 }.map { .becomes(MailboxEntry(number: index + 1, $0)) } ?? .stays
    }
  }

  /// Writes the view anew where that is what so many differences come to anyway: their texts need not be held then. False where it
  /// could not be written, or they are few.
  func rewrite(_ view: MergedView, _ renamed: RenamedNames, _ scan: FolderScan, without gone: [Int]) -> Bool {
    guard isWorthKeeping, renamed.items.count + gone.count > changesLimit else { return false }
    var (renamings, leaving) = (renamed.items[...], gone[...])
    let result: Void? = try? write(view, without: gone.count) { index, entry in
      if leaving.first == index {
        leaving.removeFirst()
        return .goes
      }
      guard let item = renamings.first, item.index == index else { return .stays }
      renamings.removeFirst()
      let name = scan.names[Int(item.name)]
      return .becomes(entry.renamed(Array(scan.bytes[name.range]), in: name.place))
    }
    return result != nil
  }

  private func count(_ facts: MailboxEntry.Facts, _ sign: Int, in head: inout ViewHeader) {
    head.counts.total += sign
    if facts.state.contains(.unread) { head.counts.unread += sign }
    if facts.state.contains(.flagged) { head.counts.flagged += sign }
    if facts.state.contains(.new) { head.countInNew += sign }
  }
}

/// A number that no other view has.
func drawNumber() throws(SystemError) -> UInt64 { try randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
