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
    guard isBehind, isWorthKeeping, let view = try? merged() else { return }
    do {
      if view.below == nil || view.changes.records.count > changesLimit {
        try write(view, completing: false)
      } else {
        try writeChanges(of: view)
      }
      isBehind = false
    } catch { isBehind = false }
  }

  private func newFile() throws(ViewTrouble) -> TemporaryFile {
    guard let folder = temporaryFolder() else { throw ViewTrouble() }
    return try usable { try TemporaryFile(in: folder, name: "view.\(hexadecimal(try randomBytes(8)))", mode: fileMode) }
  }

  private func writeChanges(of view: MergedView) throws(ViewTrouble) {
    guard let below = view.below else { throw ViewTrouble() }
    let changes = view.changes
    var head = header
    head.id = try usable { try drawNumber() }
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
    try usable {
      try file.descriptor.write(all: head.bytes + records + texts)
      try file.rename(in: views, replacing: changesName)
    }
  }

  /// Writes the whole as a new view and goes on with it; `completing` looks at every file that was not looked at.
  func write(_ view: MergedView, completing: Bool) throws {
    let (views, file) = (try ensureViewFolder(), try newFile())
    var head = header
    head.id = try drawNumber()
    (head.below, head.recordCount, head.textLength, head.completeCount) = (0, view.count, 0, 0)
    var output = ViewOutput(file, head)
    for index in 0..<view.count {
      var (record, entry) = (try view.record(index), try view.entry(index))
      if completing, !entry.isComplete, let learned = learned[index] {
        entry = learned
      } else if completing, !entry.isComplete, let summary = try? folders.summary(of: entry.message) {
        entry = Entry(number: index + 1, summary)
      }
      if record.facts != entry.facts {
        let delivered = record.facts.delivered
        count(record.facts, entry.facts, in: &head)
        record.facts = entry.facts
        record.facts.delivered = delivered
        record.nameHash = KnownNames.nameHash(
          Array(entry.bytes(.name)).span, entry.facts.state.contains(.new) ? .new : .cur, seed: head.seed)
      }
      if record.facts.date != nil { head.completeCount += 1 }
      try output.add(record, entry.packed)
    }
    head.textLength = try output.end()
    try usable {
      try file.descriptor.write(all: head.bytes, at: 0)
      try file.rename(in: views, replacing: user.text)
      // Those of another view are not looked at; gone, they are in nobody's way.
      try views.remove(changesName)
    }
    let below = try ViewFile(opening: user.text, in: views)
    if below.header.id != head.id { throw ViewTrouble() }
    (header, learned) = (head, [:])
    adopt(MergedView(below, ChangeSet()))
  }

  /// A message may have been renamed between the listing and the look.
  private func count(_ old: Entry.Facts, _ new: Entry.Facts, in head: inout ViewHeader) {
    func add(_ state: MessageState, _ sign: Int) {
      if state.contains(.unread) { head.counts.unread += sign }
      if state.contains(.flagged) { head.counts.flagged += sign }
      if state.contains(.new) { head.countInNew += sign }
    }
    add(old.state, -1)
    add(new.state, 1)
  }
}

/// A number that no other view has.
func drawNumber() throws(SystemError) -> UInt64 { try randomBytes(8).reduce(0) { $0 << 8 | UInt64($1) } }

/// Writes records and texts to their two places in a file, in pieces.
struct ViewOutput {
  private static let piece = 1 << 17

  private let file: TemporaryFile
  private let head: ViewHeader
  private var records: [UInt8] = []
  private var texts: [UInt8] = []
  private var recordsDone = 0
  private var textsDone = 0
  private var index = 0

  init(_ file: TemporaryFile, _ head: ViewHeader) { (self.file, self.head) = (file, head) }

  mutating func add(_ old: ViewRecord, _ text: ArraySlice<UInt8>) throws {
    var record = old
    (record.kind, record.position) = (.inserted, 0)
    (record.offset, record.length, record.textSum) = (textsDone + texts.count, text.count, ViewRecord.textSum(text))
    record.append(to: &records, seed: head.id, index: index)
    texts += text
    index += 1
    if records.count > ViewOutput.piece || texts.count > ViewOutput.piece { try flush() }
  }

  private mutating func flush() throws {
    try file.descriptor.write(all: records, at: ViewHeader.length + recordsDone)
    try file.descriptor.write(all: texts, at: head.textStart + textsDone)
    recordsDone += records.count
    textsDone += texts.count
    records.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
  }

  /// Writes the rest and says how many bytes of texts there are.
  mutating func end() throws -> Int {
    try flush()
    return textsDone
  }
}
