internal import MessageFormat
internal import SharedKernel

extension Dispatcher {
  /// One message on its way into its mailboxes.
  private struct PendingDelivery {
    let entry: any OutboxEntry
    var moved: [(copy: OutboxCopy, baseName: String)] = []
    var failure: Failure?

    /// Copy 1, which vouches for all others, and those others.
    var leader: ArraySlice<OutboxCopy> { entry.remaining.suffix(1) }
    var followers: ArraySlice<OutboxCopy> { entry.remaining.dropLast() }
  }

  /// Delivers a paid message. One that cannot be delivered now is given back only where its sender is still to be answered and nothing
  /// was promised; any other stays, paid as it is, for a later command.
  func deliver(_ entry: any OutboxEntry, balance: Balance?, by initiator: Initiator, notes: inout [Failure]) throws(Failure) -> Ending {
    guard let failure = deliver([entry], by: initiator, notes: &notes)[0] else { return .delivered(balance: balance) }
    if entry.isWithdrawn { throw failure }
    return .paidAndWaiting(failure)
  }

  /// Delivers paid messages together, so that each folder is synced once, and answers for each what it failed by.
  func deliver(_ entries: [any OutboxEntry], by initiator: Initiator, notes: inout [Failure]) -> [Failure?] {
    notes += feed.publish(entries.flatMap { $0.remaining.map { $0.name } })
    if let sent { notes += entries.compactMap { sent.keep($0.envelope.id.description, $0.envelope) } }
    var deliveries = entries.map { PendingDelivery(entry: $0) }
    for index in deliveries.indices {
      do throws(Failure) { try secureEarlierCopies(deliveries[index].entry) } catch { deliveries[index].failure = error }
    }
    for run in runs(of: deliveries) {
      move(&deliveries[run], by: initiator) { $0.followers }
      move(&deliveries[run], by: initiator) { $0.leader }
    }
    return deliveries.map { delivery in
      guard let failure = delivery.failure else { return nil }
      do throws(Failure) { try takeBack(delivery, by: initiator, because: failure) } catch { return error }
      return failure
    }
  }

  /// Copies that are gone were moved by a process that may have died before its fsync. Copy 1 must not become durable before them.
  private func secureEarlierCopies(_ entry: any OutboxEntry) throws(Failure) {
    let waiting = entry.remaining.map { $0.recipient }
    for recipient in entry.envelope.recipients where !waiting.contains(recipient) {
      try mailboxes.prepare(recipient)
      try mailboxes.makeDurable(recipient)
    }
  }

  /// The deliveries in runs within which followers may go before leaders: no mailbox gets the follower of one message before copy 1 of an
  /// earlier one, so each gets its messages in their order.
  private func runs(of deliveries: [PendingDelivery]) -> [Range<Int>] {
    var (runs, start, led) = ([Range<Int>](), 0, Set<Name>())
    for (index, delivery) in deliveries.enumerated() {
      if delivery.followers.contains(where: { led.contains($0.recipient) }) {
        runs.append(start..<index)
        (start, led) = (index, [])
      }
      led.formUnion(delivery.leader.map { $0.recipient })
    }
    return runs + [start..<deliveries.count]
  }

  /// Moves a part of every message's copies, then makes each mailbox that was touched durable.
  private func move(
    _ deliveries: inout ArraySlice<PendingDelivery>, by initiator: Initiator, _ part: (PendingDelivery) -> ArraySlice<OutboxCopy>
  ) {
    var touched: [Name] = []
    for index in deliveries.indices where deliveries[index].failure == nil {
      let envelope = deliveries[index].entry.envelope
      for copy in part(deliveries[index]) where deliveries[index].failure == nil {
        do throws(Failure) {
          try mailboxes.prepare(copy.recipient)
          // Only a sender who is still to be answered can be refused; what was promised, or paid before, is delivered.
          let mustDeliver = envelope.isQueued || initiator != .firstAttempt
          let baseName = try mailboxes.deliver(copy, now: clock.now(), mustDeliver: mustDeliver) { time in
            MaildirName.base(id: envelope.id, delivered: time, host: host, size: copy.size)
          }
          deliveries[index].moved.append((copy, baseName))
          if !touched.contains(copy.recipient) { touched.append(copy.recipient) }
        } catch { deliveries[index].failure = error }
      }
    }
    for recipient in touched {
      do throws(Failure) { try mailboxes.makeDurable(recipient) } catch {
        for index in deliveries.indices where part(deliveries[index]).contains(where: { $0.recipient == recipient }) {
          if deliveries[index].failure == nil { deliveries[index].failure = error }
        }
      }
    }
  }

  /// A delivery that stopped half-way is undone, so that "not 0" keeps meaning "not sent and not charged". Where a reader has
  /// a copy already, or the message may have been answered for, the send stands: it is paid, and the rest is delivered by a later command.
  private func takeBack(_ delivery: PendingDelivery, by initiator: Initiator, because failure: Failure) throws(Failure) {
    var isWhole = true
    for (copy, baseName) in delivery.moved.reversed() {
      isWhole = try mailboxes.takeBack(baseName, from: copy.recipient, as: copy.name) && isWhole
    }
    if isWhole, initiator == .firstAttempt, !delivery.entry.envelope.isQueued { try void(delivery.entry, because: failure) }
  }
}
