package import SharedKernel

// From the lanes to the hooks.
extension AlarmDispatcher {
  /// Starts what is due. Nothing is started while the history has no room for the outcome.
  package func startHooks() throws(Failure) {
    if isCatchingUp { return }
    let now = ports.clock.now()
    scheduler.resumePostponed(at: now)
    var due: [Delivery] = []
    while let turn = scheduler.next(at: now, ports.receivers) {
      if due.isEmpty {
        let isOutOfRoom = try !ports.record.hasRoom()
        if isOutOfRoom != self.isOutOfRoom { revision += 1 }
        self.isOutOfRoom = isOutOfRoom
        if isOutOfRoom { return }
      }
      if let delivery = try decided(turn) { due.append(scheduler.begin(delivery, at: now)) }
    }
    try flush()
    if due.isEmpty { return }
    revision += 1
    try ports.record.markStarted(due)
    isMarked = true
    var failed: [FinishedRun] = []
    for delivery in due {
      let call: HookCall?
      do throws(Failure) { call = try self.call(for: delivery) } catch {
        failed.append(FinishedRun(delivery: delivery, end: .notStarted(error.message), lastLine: "", complaint: "", duration: .zero))
        continue
      }
      guard let call else {
        try settle(delivery, .dead, end: nil, "the message is no longer there")
        continue
      }
      if let run = ports.runner.start(delivery, call) { failed.append(run) }
    }
    try finish(failed)
  }

  /// What comes of a turn: a delivery to be started, which waits in its lane, or nothing.
  private func decided(_ turn: Scheduler.Turn) throws(Failure) -> Delivery? {
    switch turn {
    case .single(let delivery):
      if withoutSilenced([delivery]).isEmpty { return nil }
      if delivery.alarm.event.isRecovered || delivery.alarm.unreadBy != nil, try dropRead([delivery]).isEmpty { return nil }
      return delivery
    case .digest(let deliveries): return try digest(deliveries)
    }
  }

  /// Makes a digest again that was open at the end of the daemon before. Where some of its items are gone from the feed, or are not
  /// wanted any more, it is another digest: an id stands for exactly its items.
  func remake(_ digest: Delivery.Key, of items: [Delivery]) throws(Failure) {
    let earlier = memory.runs[digest.alarm]?[digest.hook]
    if items.count == memory.digestSizes[digest] {
      scheduler.resume([Delivery(digesting: items, as: digest.alarm, earlier: earlier)])
    } else if items.count == 1 {
      scheduler.resume([Delivery(alarm: items[0].alarm, hook: digest.hook, earlier: earlier)])
    } else {
      let other = Delivery(digesting: items, earlier: earlier)
      try note(items, asPartOf: other)
      mustSync = true
      scheduler.resume([other])
    }
  }

  /// One delivery in the place of several; that one itself where only one is left to be told.
  private func digest(_ deliveries: [Delivery]) throws(Failure) -> Delivery? {
    let left = try dropRead(withoutSilenced(deliveries))
    guard left.count > 1 else { return left.first }
    let digest = Delivery(digesting: left)
    try note(left, asPartOf: digest)
    scheduler.fold(left, into: digest)
    return digest
  }

  private func note(_ items: [Delivery], asPartOf digest: Delivery) throws(Failure) {
    let now = ports.calendar.now()
    for item in items {
      var line = HistoryLine(time: now, state: .digested, delivery: item)
      line.digest = digest.alarm.id
      lines.append(line)
      // A large digest does not stand in memory three times over.
      if lines.count >= AlarmDispatcher.linesAtOnce {
        try noteLines()
        mustSync = true
      }
    }
  }

  /// Leaves out, and notes, the arrival of messages that were read meanwhile.
  private func dropRead(_ deliveries: [Delivery]) throws(Failure) -> [Delivery] {
    // What was escalated is in another's mailbox.
    let arrived = Dictionary(grouping: deliveries.filter { $0.alarm.kind == .arrived }) { $0.alarm.event.receiver }
    var read: [Name: Set<MessageID>] = [:]
    for (receiver, deliveries) in arrived {
      read[receiver] = try ports.mailboxes.read(Set(deliveries.map { $0.alarm.event.message }), by: receiver)
    }
    func isRead(_ delivery: Delivery) -> Bool {
      delivery.alarm.kind == .arrived && read[delivery.alarm.event.receiver]?.contains(delivery.alarm.event.message) == true
    }
    guard deliveries.contains(where: isRead) else { return deliveries }
    let dropped = deliveries.filter(isRead)
    let now = ports.calendar.now()
    lines += dropped.map { HistoryLine(time: now, state: .read, delivery: $0) }
    scheduler.drop(dropped)
    return deliveries.filter { !isRead($0) }
  }

  /// What a hook is to be given; nil when the message is not to be had any more.
  func call(for delivery: Delivery) throws(Failure) -> HookCall? {
    if let kept = delivery.kept { return HookCall(again: delivery, kept: kept, surroundings: surroundings) }
    if !delivery.isDigest { return try text(of: delivery.alarm).map { HookCall(delivery, text: $0, surroundings: surroundings) } }
    var previews: [String] = []
    for alarm in delivery.digested.suffix(HookCall.itemsTold) {
      // The first words stand in the first bytes.
      previews.append(HookCall.preview(of: String(decoding: try text(of: alarm)?.prefix(2048) ?? [], as: UTF8.self)))
    }
    return HookCall(digest: delivery, previews: previews, surroundings: surroundings)
  }

  /// The text stands in the feed, or else in the mailbox. What was given up begins with the reason, what was escalated with who has not
  /// read it.
  private func text(of alarm: Alarm) throws(Failure) -> [UInt8]? {
    let event = alarm.event
    guard let text = try textInFeedOrMailbox(event) else { return nil }
    if let reader = alarm.unreadBy { return Array("Not read by \(reader):\n\n".utf8) + text }
    guard alarm.kind == .failed else { return text }
    let entry = try ports.source.entry(event.sequence)
    if case .unreadable(let failure) = entry { throw failure }
    guard case .failed(_, let reason) = entry else { return text }
    return Array("Not delivered to \(event.receiver): \(reason)\n\n".utf8) + text
  }

  /// A feed that cannot be read now does not keep the mailbox from being asked; that the text is gone is known when both have been read.
  private func textInFeedOrMailbox(_ event: Event) throws(Failure) -> [UInt8]? {
    do throws(Failure) { if let text = try ports.source.text(of: event) { return text } } catch {
      if let text = try ports.mailboxes.text(of: event) { return text }
      throw error
    }
    return try ports.mailboxes.text(of: event)
  }
}
