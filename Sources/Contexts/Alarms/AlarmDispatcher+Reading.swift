package import SharedKernel

// From the feed to the lanes.
extension AlarmDispatcher {
  /// Reads new entries. True when there may be more at once. A feed that cannot be read is `trouble`, not an error.
  package func readFeed() throws(Failure) -> Bool {
    var count = 0
    var isAtEnd = false
    unreadable = nil
    do throws(FeedTrouble) {
      try reviewHeld()
      while count < AlarmDispatcher.entriesPerTurn, !isAtEnd {
        isAtEnd = try !readNext()
        if !isAtEnd { count += 1 }
      }
    } catch {
      guard case .unreadable(let failure) = error else { throw error.failure }
      unreadable = failure
      isAtEnd = true
    }
    if trouble != unreadable { revision += 1 }
    trouble = unreadable
    if count > 0 { revision += 1 }
    try noteLines()
    if isCatchingUp, isAtEnd && waitingSince == nil || scheduler.admitted >= backlogEnd { isCatchingUp = false }
    if !isCatchingUp { try remakeDigests() }
    return !isAtEnd
  }

  private func remakeDigests() throws(Failure) {
    for (key, deliveries) in rebuilding { try remake(key, of: deliveries.sorted(by: Scheduler.precedes)) }
    rebuilding = [:]
  }

  /// A feed whose head is behind the cursor was removed and made anew: begins at its front. What waited is forgotten; it is
  /// missing in the new feed, so that a comparison with the mailboxes finds it. True when that was so.
  package func noticeNewFeed() throws(Failure) -> Bool {
    guard scheduler.runningCount == 0, scheduler.admitted > 0 else { return false }
    let front: Int
    do throws(Failure) {
      guard try ports.source.head() ?? 0 < scheduler.admitted else { return false }
      front = try ports.source.first(from: 1) ?? 1
    } catch {
      trouble = error
      return false
    }
    var line = HistoryLine(time: ports.calendar.now(), state: .gap, sequence: scheduler.admitted + 1)
    line.error = "the feed was made anew; it is read from \(front)"
    lines.append(line)
    try flush()
    (memory.voided, held, waitingSince) = ([], [], nil)
    scheduler.restart(at: front - 1)
    revision += 1
    return true
  }

  /// Takes the next entry; false when there is none yet.
  func readNext() throws(FeedTrouble) -> Bool {
    let next = scheduler.admitted + 1
    switch try entry(next) {
    case .missing: return try skipGap(from: next)
    case .pending: return wait(for: next)
    case let found:
      if let (deliveries, expected) = try takeIfReadable(found, next) {
        scheduler.admit(next, deliveries, expected: expected)
      } else {
        scheduler.hold(next)
        held.insert(next)
      }
    }
    waitingSince = nil
    return true
  }

  private func entry(_ sequence: Int) throws(FeedTrouble) -> FeedEntry {
    do throws(Failure) { return try ports.source.entry(sequence) } catch { throw .unreadable(error) }
  }

  private func firstPresent(from sequence: Int) throws(FeedTrouble) -> Int? {
    do throws(Failure) { return try ports.source.first(from: sequence) } catch { throw .unreadable(error) }
  }

  /// The same as `take`; nil where something that it depends on cannot be read at the moment. That is noted as trouble, and the
  /// entries behind it need not wait.
  private func takeIfReadable(_ entry: FeedEntry, _ sequence: Int) throws(FeedTrouble) -> (deliveries: [Delivery], expected: Int)? {
    do throws(FeedTrouble) { return try take(entry, sequence) } catch {
      guard case .unreadable(let failure) = error else { throw error }
      unreadable = failure
      return nil
    }
  }

  /// What is to be run for an entry; what needs no run is noted. `expected` of them join a digest that is made again.
  private func take(_ entry: FeedEntry, _ sequence: Int) throws(FeedTrouble) -> (deliveries: [Delivery], expected: Int) {
    switch entry {
    case .happened(var event):
      event.isRecovered = memory.recovered.contains(AlarmID(message: event.message, copy: event.copy, kind: .arrived))
      let alarms = event.alarms(isCreditLow: event.copy == 1 && isCreditLow(event.message))
      return try deliveries(alarms + [try escalated(event)].compactMap { $0 })
    case .failed(let event, _):
      if event.copy == 1 { return try deliveries([Alarm(kind: .failed, receiver: event.sender, event: event)]) }
      note(.void, event, "the message was given up")
    case .void(let event): note(.void, event, "the message was never delivered")
    case .unreadable(let failure): throw .unreadable(failure)
    case .damaged(let reason): note(damageLine(sequence, reason))
    case .missing: note(damageLine(sequence, "it was removed from the feed before it happened"))
    case .pending: break
    }
    return ([], 0)
  }

  /// Sequences are dense, so where a later entry exists the missing ones were removed. The later one is looked for first and
  /// `next` once more then: what was being published meanwhile is no gap.
  private func skipGap(from next: Int) throws(FeedTrouble) -> Bool {
    guard let present = try firstPresent(from: next), present > next else { return false }
    if try entry(next) != .missing { return true }
    var line = HistoryLine(time: ports.calendar.now(), state: .gap, sequence: next)
    line.until = present - 1
    line.error = "these events were removed from the feed before they were read"
    note(line)
    hasFoundGap = true
    scheduler.admit(present - 1, [])
    return true
  }

  /// An event that is about to happen keeps the order; one that does not is stepped over and looked at again later.
  private func wait(for sequence: Int) -> Bool {
    let now = ports.clock.now()
    guard let waiting = waitingSince, waiting.sequence == sequence else {
      waitingSince = (sequence, now)
      return false
    }
    if now.since(waiting.since) < AlarmDispatcher.patience { return false }
    scheduler.hold(sequence)
    held.insert(sequence)
    waitingSince = nil
    return true
  }

  func reviewHeld() throws(FeedTrouble) {
    for sequence in held.sorted() {
      let found = try entry(sequence)
      if found == .pending { continue }
      guard let (deliveries, expected) = try takeIfReadable(found, sequence) else { continue }
      scheduler.release(sequence, deliveries, expected: expected)
      held.remove(sequence)
    }
  }

  private func note(_ state: HistoryLine.State, _ event: Event, _ reason: String) {
    var line = HistoryLine(time: ports.calendar.now(), state: state, event: event)
    line.error = reason
    note(line)
  }

  private func damageLine(_ sequence: Int, _ reason: String) -> HistoryLine {
    var line = HistoryLine(time: ports.calendar.now(), state: .void, sequence: sequence)
    line.error = reason
    return line
  }

  /// Notes a line about a sequence, once over all restarts.
  private func note(_ line: HistoryLine) { if memory.voided.remove(line.sequence) == nil { lines.append(line) } }
}

/// Why reading the feed stopped: the feed itself, or the memory of the daemon.
enum FeedTrouble: Error {
  case unreadable(Failure)
  case unwritable(Failure)

  var failure: Failure {
    switch self {
    case .unreadable(let failure), .unwritable(let failure): failure
    }
  }
}
