extension Scheduler {
  /// Says which hooks may run. The alarms of a stopped one wait, and those that a refused one has; what waits for one that is gone is returned and forgotten,
  /// but for messages that may still be read in time.
  package mutating func setHooks(_ catalogue: HookCatalogue) -> [Delivery] {
    let runnable = Set(catalogue.runnable)
    let refused = Set(catalogue.refused.compactMap { HookName($0.name) })
    for hook in runnable.union(refused) {
      health[hook, default: HookHealth()].isHeld = !runnable.contains(hook) || catalogue.stopped[hook] != nil
    }
    let gone = health.keys.filter { !runnable.contains($0) && !refused.contains($0) }
    // What runs is waited for; its lane goes with the next call.
    let dropped = lanes.filter { gone.contains($0.key.hook) && !busy.contains($0.key) }
    for (lane, queue) in dropped {
      lanes[lane] = nil
      queue.waiting.forEach { close($0) }
    }
    let begun = dropped.filter { $0.key.postponement != .escalation }
    reconsider()
    for hook in gone where !lanes.keys.contains(where: { $0.hook == hook }) { health[hook] = nil }
    return begun.values.flatMap { $0.waiting }.sorted(by: Scheduler.precedes)
  }
}
