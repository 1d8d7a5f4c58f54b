internal import SharedKernel

// From an alarm to what has to be run for it.
extension AlarmDispatcher {
  /// The deliveries for the alarms of an event, given what is known of them from before a restart; alarms that need no run are
  /// noted. `expected` of them are part of a digest that is made again.
  func deliveries(_ alarms: [Alarm]) throws(FeedTrouble) -> (deliveries: [Delivery], expected: Int) {
    var result: [Delivery] = []
    var expected = 0
    do throws(Failure) { for alarm in alarms { try ports.receivers.load(alarm.receiver) } } catch { throw .unreadable(error) }
    for alarm in alarms {
      var earlier = memory.runs.removeValue(forKey: alarm.id) ?? [:]
      let choices = ports.receivers.choices(of: alarm.receiver)
      let wanted = hooks(for: alarm, choices)
      if wanted.isEmpty, earlier.isEmpty { noteWithoutHook(alarm) }
      var dead = Set(earlier.filter { $0.value.isDead }.keys)
      for hook in wanted + standIns(for: dead, choices) {
        let runs = earlier.removeValue(forKey: hook)
        if let digest = runs?.digest {
          let outcome = memory.runs[digest]?[hook]
          if outcome?.isFinal != true {
            var item = Delivery(alarm: alarm, hook: hook)
            item.isHeld = runs?.wasHeld ?? false
            rebuilding[Delivery.Key(alarm: digest, hook: hook), default: []].append(item)
            expected += 1
          } else if outcome?.isDead == true, dead.insert(hook).inserted {
            result += standIns(for: [hook], choices).compactMap {
              admitted(Delivery(alarm: alarm, hook: $0), earlier.removeValue(forKey: $0))
            }
          }
        } else if let delivery = admitted(Delivery(alarm: alarm, hook: hook, earlier: runs), runs) {
          result.append(delivery)
        }
      }
      noteRefused(alarm, &earlier)
      try giveUp(alarm, earlier, choices)
    }
    return (result, expected)
  }

  private func hooks(for alarm: Alarm, _ choices: ReceiverChoices) -> [HookName] {
    guard let reader = alarm.unreadBy else { return choices.wants(alarm.kind) ? catalogue.regular.filter(choices.wants) : [] }
    // The rule names this hook, so neither its conditions nor the choices of the receiver apply.
    if case .hook(let hook)? = escalation(for: reader)?.target { return catalogue.runnable.filter { $0 == hook } }
    return (catalogue.regular + catalogue.escalationHooks).sorted().filter(choices.wants)
  }

  /// The rule that holds for the messages of a receiver.
  private func escalation(for receiver: Name) -> Escalation? {
    switch ports.receivers.choices(of: receiver).escalation {
    case .standard: escalation
    case .never: nil
    case .rule(let rule): rule
    }
  }

  /// The escalation of an event whose message stays unread; nil where no target is set, or no hook can tell it.
  func escalated(_ event: Event) throws(FeedTrouble) -> Alarm? {
    do throws(Failure) { try ports.receivers.load(event.receiver) } catch { throw .unreadable(error) }
    guard let rule = escalation(for: event.receiver) else { return nil }
    let alarm = Alarm(escalating: event, to: rule.target)
    let isPossible =
      switch rule.target {
      case .receiver: !catalogue.regular.isEmpty || !catalogue.escalationHooks.isEmpty
      case .hook(let hook): catalogue.runnable.contains(hook)
      }
    return isPossible || memory.runs[alarm.id] != nil ? alarm : nil
  }

  /// When an escalation is due, by the dispatcher's clock.
  private func escalationTime(of alarm: Alarm, after delay: Duration) -> Timestamp {
    ports.clock.now().adding(max(.zero, alarm.event.at.adding(delay).since(ports.calendar.now())))
  }

  private func standIns(for dead: Set<HookName>, _ choices: ReceiverChoices) -> [HookName] {
    if catalogue.fallbacks.isEmpty || dead.isEmpty { return [] }
    return dead.sorted().flatMap { catalogue.standIns(for: $0) }.filter(choices.wants)
  }

  /// The delivery as it goes into its lane; nil when it is final, or silenced.
  private func admitted(_ delivery: Delivery, _ earlier: EarlierRuns?) -> Delivery? {
    if earlier?.isFinal == true { return nil }
    var admitted = delivery
    admitted.isHeld = earlier?.wasHeld ?? false
    if let reader = delivery.alarm.unreadBy, earlier == nil, let rule = escalation(for: reader) {
      (admitted.postponement, admitted.notBefore) = (.escalation, escalationTime(of: delivery.alarm, after: rule.delay))
      return admitted
    }
    if let silence = silence(covering: admitted) {
      guard admitted.isHeld || admitted.attempt > 1 else {
        note(silence, mutes: admitted)
        return nil
      }
      admitted.postponement = .silence(silence.id)
    }
    let now = ports.clock.now()
    admitted.raised = now
    // A wait that was written by a clock that was wrong then must not last for ever.
    admitted.firstAttempt = delivery.firstAttempt.map { min($0, now) }
    admitted.notBefore = delivery.notBefore.map { min($0, now.adding(scheduler.policy.limit)) }
    guard !delivery.isPressing, let end = ports.receivers.quietUntil(delivery.alarm.receiver, at: now) else { return admitted }
    admitted.isHeld = true
    if earlier == nil {
      var line = HistoryLine(time: ports.calendar.now(), state: .held, delivery: delivery)
      line.retryAt = end
      lines.append(line)
    }
    return admitted
  }

  /// The silence that is in force for it.
  private func silence(covering delivery: Delivery) -> Silence? {
    if silences.isEmpty || delivery.isReplay { return nil }
    let now = ports.calendar.now()
    return silences.first { $0.covers(delivery, at: now) }
  }

  private func note(_ silence: Silence, mutes delivery: Delivery) {
    var line = HistoryLine(time: ports.calendar.now(), state: .silenced, delivery: delivery)
    line.error = "silence \(silence.id)" + (silence.comment.isEmpty ? "" : ": \(silence.comment)")
    lines.append(line)
  }

  /// Takes deliveries that a silence covers out of their lane: those that quiet hours had held, and those that were raised before it began,
  /// wait for its end; the others are muted. Returns those that no silence covers.
  func withoutSilenced(_ deliveries: [Delivery]) -> [Delivery] {
    if silences.isEmpty { return deliveries }
    var (left, muted): ([Delivery], [Delivery]) = ([], [])
    var waiting: [Int: [Delivery]] = [:]
    for delivery in deliveries {
      guard let silence = silence(covering: delivery) else {
        left.append(delivery)
        continue
      }
      if delivery.isHeld || delivery.attempt > 1 || wasRaised(delivery, before: silence) {
        waiting[silence.id, default: []].append(delivery)
      } else {
        note(silence, mutes: delivery)
        muted.append(delivery)
      }
    }
    if left.count < deliveries.count { revision += 1 }
    scheduler.drop(muted)
    for (silence, deliveries) in waiting { scheduler.postpone(deliveries, for: .silence(silence)) }
    return left
  }

  /// By the clock on the wall, of which the time of the silence is.
  private func wasRaised(_ delivery: Delivery, before silence: Silence) -> Bool {
    guard let raised = delivery.raised else { return false }
    return ports.calendar.now().subtracting(ports.clock.now().since(raised)) < silence.begin
  }

  /// An alarm that no hook is asked about, once over all restarts.
  private func noteWithoutHook(_ alarm: Alarm) {
    guard memory.hookless.remove(alarm.id) == nil else { return }
    let hasHooks = !catalogue.isEmpty
    if hasHooks && catalogue.regular.isEmpty && !catalogue.refused.isEmpty { return }
    var line = HistoryLine(time: ports.calendar.now(), state: hasHooks ? .skipped : .delivered, alarm: alarm, hook: nil)
    if hasHooks { line.error = "\(alarm.receiver) has chosen not to be told" } else { observe(.withoutHook(alarm)) }
    lines.append(line)
  }

  private func noteRefused(_ alarm: Alarm, _ earlier: inout [HookName: EarlierRuns]) {
    for refusal in catalogue.refused {
      guard let hook = HookName(refusal.name), earlier.removeValue(forKey: hook)?.isFinal != true else { continue }
      var line = HistoryLine(time: ports.calendar.now(), state: .skipped, alarm: alarm, hook: hook)
      line.error = "refused: \(refusal.reason)"
      lines.append(line)
    }
  }

  /// Ends deliveries that were begun, and whose hook is gone or no longer wanted by the receiver.
  private func giveUp(_ alarm: Alarm, _ earlier: [HookName: EarlierRuns], _ choices: ReceiverChoices) throws(FeedTrouble) {
    for (hook, runs) in earlier where !runs.isFinal {
      let delivery = Delivery(alarm: alarm, hook: hook, earlier: runs)
      if catalogue.runnable.contains(hook) {
        var line = HistoryLine(time: ports.calendar.now(), state: .skipped, delivery: delivery)
        line.error = "\(alarm.receiver) has chosen not to be told"
        lines.append(line)
      } else {
        do throws(Failure) { try bury(delivery, because: "the hook is gone") } catch { throw .unwritable(error) }
      }
    }
  }
}
