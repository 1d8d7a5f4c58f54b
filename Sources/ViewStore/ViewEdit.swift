internal import Mailbox

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

  /// Takes in what a listing found.
  mutating func apply(_ scan: FolderScan, _ known: KnownNames, _ folders: any MailboxFolders) throws {
    header.hasTwins = known.hasTwins
    // Last look first: a message that moved on is where it was met last.
    var settled: Set<Int> = []
    for name in scan.names.reversed() {
      guard let entry = name.known, settled.insert(entry).inserted, name.place == .cur || !known.wasInCurrent(entry) else { continue }
      try rename(Int(known.indexes[entry]), to: Array(scan.bytes[name.range]), in: name.place)
    }
    if scan.isComplete { for entry in known.missing { try remove(Int(known.indexes[entry])) } }
    try insert(scan, folders)
    commit()
  }

  private mutating func rename(_ index: Int, to name: [UInt8], in place: StoredMessage.Place) throws(ViewTrouble) {
    let (old, entry) = (try view.record(index), try view.entry(index))
    var record = old
    record.facts.state = MessageState(place, name: name.span)
    record.nameHash = KnownNames.nameHash(name.span, place, seed: header.seed)
    take(entry.packed(renamed: name), into: &record)
    replace(index, old, by: record)
  }

  /// Puts a complete entry in the place of what was known of it.
  mutating func complete(_ index: Int, _ entry: Entry) throws(ViewTrouble) {
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

  private mutating func remove(_ index: Int) throws(ViewTrouble) {
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

  private mutating func insert(_ scan: FolderScan, _ folders: any MailboxFolders) throws {
    var arrived: [(name: FolderScan.Name, delivered: Int64, base: ArraySlice<UInt8>)] = []
    var undated: [ArraySlice<UInt8>: Int] = [:]
    for name in scan.names where name.known == nil {
      let bytes = scan.bytes[name.range]
      let base = bytes.prefix { $0 != UInt8(ascii: ":") }
      if let delivered = StoredMessage.delivered(inName: bytes.span) {
        arrived.append((name, delivered, base))
      } else if let delivered = try folders.modified(String(decoding: bytes, as: UTF8.self), in: name.place) {
        // Two files may have two times, so these do not meet in the order below.
        if let other = undated[base] {
          header.hasTwins = true
          arrived[other] = (name, delivered, base)
        } else {
          undated[base] = arrived.count
          arrived.append((name, delivered, base))
        }
      }
    }
    arrived.sort {
      if $0.delivered != $1.delivered { return $0.delivered < $1.delivered }
      if $0.base != $1.base { return $0.base.lexicographicallyPrecedes($1.base) }
      return $0.name.range.lowerBound < $1.name.range.lowerBound
    }
    var index = 0
    for (order, item) in arrived.enumerated() {
      // Two names of one message: it was met last under the second.
      if order + 1 < arrived.count, arrived[order + 1].delivered == item.delivered, arrived[order + 1].base == item.base {
        header.hasTwins = true
        continue
      }
      let place =
        arrived.count > 64
        ? try advance(from: index, item.delivered, item.base) : try view.lowerBound(delivered: item.delivered, base: item.base)
      index = place.index
      if place.isPresent {
        // Known in the folder that was not listed; what is in `cur/` counts.
        header.hasTwins = true
        if item.name.place == .cur { try rename(index, to: Array(scan.bytes[item.name.range]), in: .cur) }
        continue
      }
      add(Array(scan.bytes[item.name.range]), in: item.name.place, item.delivered, before: index)
    }
  }

  /// What `lowerBound` finds, by walking on from an index that is not behind it.
  private func advance(from index: Int, _ delivered: Int64, _ base: ArraySlice<UInt8>) throws(ViewTrouble) -> (index: Int, isPresent: Bool)
  {
    var index = index
    while index < view.count {
      let order = try view.compare(index, delivered, base)
      if order >= 0 { return (index, order == 0) }
      index += 1
    }
    return (index, false)
  }

  private mutating func add(_ name: [UInt8], in place: StoredMessage.Place, _ delivered: Int64, before index: Int) {
    let facts = Entry.Facts(state: MessageState(place, name: name.span), delivered: delivered)
    var record = ViewRecord(
      kind: .inserted, facts: facts, baseHash: KnownNames.baseHash(name.span, seed: header.seed),
      nameHash: KnownNames.nameHash(name.span, place, seed: header.seed), offset: 0, length: 0, textSum: 0,
      position: view.order.position(at: index, changes: view.changes.records))
    take(Entry.pack(name: name), into: &record)
    records.append(record)
    count(facts, 1)
  }

  private mutating func count(_ facts: Entry.Facts, _ sign: Int) {
    header.counts.total += sign
    if facts.state.contains(.unread) { header.counts.unread += sign }
    if facts.state.contains(.flagged) { header.counts.flagged += sign }
    if facts.state.contains(.new) { header.countInNew += sign }
    if facts.date != nil { header.completeCount += sign }
  }

  mutating func commit() {
    for index in dropped.sorted(by: >) { records.remove(at: index) }
    changes.set(records)
    view.replace(changes)
  }
}
