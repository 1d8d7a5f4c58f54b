internal import SpoolLayout
internal import Mailbox
internal import SharedKernel

/// Changes to view and header, gathered and then put in place together.
struct ViewEdit {
  private let view: MergedView
  private(set) var header: ViewHeader
  private var changes: ChangeSet
  private var records: [ViewRecord]
  /// Indexes in `records` of what was inserted before and is gone again.
  private var dropped: [Int] = []

  init(_ view: MergedView, _ header: ViewHeader) {
    (self.view, self.header, changes, records) = (view, header, view.changes, view.changes.records)
  }

  /// Takes in what a listing found of those that were known, `gone` being the indexes of those that are no more.
  mutating func apply(_ renamed: RenamedNames, _ scan: FolderScan, gone: [Int]) throws(CacheUnusable) {
    for item in renamed.items {
      let name = scan.names[Int(item.name)]
      try rename(Int(item.index), to: Array(scan.bytes[name.range]), in: name.place)
    }
    for index in gone { try remove(index) }
  }

  private mutating func rename(_ index: Int, to name: [UInt8], in place: StoredMessage.Place) throws(CacheUnusable) {
    let (old, entry) = (try view.record(index), try view.entry(index))
    var record = old
    record.facts.state = MessageState(place, name: name.span)
    record.nameHash = KnownNames.nameHash(name.span, place, seed: header.seed)
    take(entry.packed(renamed: name), into: &record)
    replace(index, old, by: record)
  }

  /// Puts a complete entry in the place of what was known of it.
  mutating func complete(_ index: Int, _ entry: MailboxEntry) throws(CacheUnusable) {
    let old = try view.record(index)
    var record = old
    let name = Array(entry.bytes(.name))
    let place: StoredMessage.Place = entry.facts.state.contains(.new) ? .new : .cur
    record.facts = entry.facts
    record.facts.delivered = old.facts.delivered
    record.nameHash = KnownNames.nameHash(name.span, place, seed: header.seed)
    take(Array(entry.packed), into: &record)
    replace(index, old, by: record)
  }

  private mutating func take(_ text: [UInt8], into record: inout ViewRecord) {
    record.offset = changes.add(text: text)
    record.length = text.count
    record.textSum = ViewRecord.textSum(text[...])
  }

  private mutating func replace(_ index: Int, _ old: ViewRecord, by new: ViewRecord) {
    count(old.facts, -1)
    count(new.facts, 1)
    var record = new
    let run = view.order.run(at: index)
    let place = run.start + index - run.first
    if run.isChange {
      (record.kind, record.position) = (records[place].kind, records[place].position)
      records[place] = record
    } else {
      (record.kind, record.position) = (.replaced, place)
      records.append(record)
    }
  }

  private mutating func remove(_ index: Int) throws(CacheUnusable) {
    var record = try view.record(index)
    count(record.facts, -1)
    let run = view.order.run(at: index)
    let place = run.start + index - run.first
    if run.isChange {
      if records[place].kind == .inserted { dropped.append(place) } else { records[place].kind = .removed }
    } else {
      (record.kind, record.position, record.offset, record.length) = (.removed, place, 0, 0)
      records.append(record)
    }
  }

  /// Takes in what a listing found besides.
  mutating func insert(_ arrivals: ArrivedNames, _ scan: FolderScan) throws(CacheUnusable) {
    if arrivals.hasTwins { header.hasTwins = true }
    let arrived = arrivals.items
    records.reserveCapacity(records.count + arrived.count)
    changes.reserve(texts: arrived.reduce(0) { $0 + MailboxEntry.packedLimit(name: scan.names[Int($1.name)].range.count) })
    var index = 0
    for (order, item) in arrived.enumerated() {
      let base = scan.base(item.name)
      // Two names of one message: it was met last under the second.
      if order + 1 < arrived.count, arrived[order + 1].delivered == item.delivered, scan.base(arrived[order + 1].name) == base {
        header.hasTwins = true
        continue
      }
      let place =
        arrived.count > 64 ? try advance(from: index, item.delivered, base) : try view.lowerBound(delivered: item.delivered, base: base)
      index = place.index
      let name = scan.names[Int(item.name)]
      if place.isPresent {
        // Known in the folder that was not listed; what is in `cur/` counts.
        header.hasTwins = true
        if name.place == .cur { try rename(index, to: Array(scan.bytes[name.range]), in: .cur) }
        continue
      }
      add(Array(scan.bytes[name.range]), in: name.place, item.delivered, before: index)
    }
  }

  /// What `lowerBound` finds, by walking on from an index that is not behind it.
  private func advance(from index: Int, _ delivered: Timestamp, _ base: ArraySlice<UInt8>) throws(CacheUnusable) -> (
    index: Int, isPresent: Bool
  ) {
    var index = index
    while index < view.count {
      let order = try view.compare(index, delivered, base)
      if order >= 0 { return (index, order == 0) }
      index += 1
    }
    return (index, false)
  }

  private mutating func add(_ name: [UInt8], in place: StoredMessage.Place, _ delivered: Timestamp, before index: Int) {
    let facts = MailboxEntry.Facts(state: MessageState(place, name: name.span), delivered: delivered)
    var record = ViewRecord(
      kind: .inserted, facts: facts, baseHash: KnownNames.baseHash(name.span, seed: header.seed),
      nameHash: KnownNames.nameHash(name.span, place, seed: header.seed), offset: 0, length: 0, textSum: 0,
      position: view.order.position(at: index, changes: view.changes.records))
    take(MailboxEntry.pack(name: name), into: &record)
    records.append(record)
    count(facts, 1)
  }

  private mutating func count(_ facts: MailboxEntry.Facts, _ sign: Int) {
    header.counts.total += sign
    if facts.state.contains(.unread) { header.counts.unread += sign }
    if facts.state.contains(.flagged) { header.counts.flagged += sign }
    if facts.state.contains(.new) { header.countInNew += sign }
    if facts.date != nil { header.completeCount += sign }
  }

  /// Puts everything in its place.
  mutating func commit() {
    for index in dropped.sorted(by: >) { records.remove(at: index) }
    // Handed over, not copied.
    let all = records
    records = []
    changes.set(all)
    view.replace(changes)
  }
}
