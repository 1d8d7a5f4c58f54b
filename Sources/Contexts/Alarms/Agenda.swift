// Which lanes have to be examined, so that a start does not examine all of them.
//
//   a lane is    becomes    when
//   (anything)   changed    something was put into it or taken from it, or its wait is over
//   changed      ready      it was looked at: something of it may be started, but for its hook and the limits
//   changed      asleep     it was looked at: nothing before that time
//   (anything)   out        it is empty, or its hook runs
//
// What a lane does depends on the time in more ways than its own waits tell (quiet hours begin), so one that is ready is looked at
// once more when its turn comes, and from time to time all of them are.

internal import SharedKernel

/// The lanes, by when each can start its next delivery.
struct Agenda: Sendable {
  /// The order among lanes of one hook.
  struct LaneOrder: Comparable {
    let sequence: Int
    let isForSender: Bool

    static func < (left: LaneOrder, right: LaneOrder) -> Bool {
      left.sequence != right.sequence ? left.sequence < right.sequence : left.isForSender && !right.isForSender
    }
  }

  /// One entry of a heap; it counts while it is the lane's latest.
  private struct Ticket {
    let lane: Lane
    let number: Int
  }

  private struct Queues {
    var ready = Heap<LaneOrder, Ticket>()
    var asleep = Heap<Timestamp, Ticket>()
  }

  private(set) var changed: Set<Lane> = []
  private var queues: [HookName: Queues] = [:]
  private var latest: [Lane: Int] = [:]
  private var issued = 0

  /// The hooks with a lane that is ready or asleep.
  var hooks: [HookName] { Array(queues.keys) }

  mutating func change(_ lane: Lane) {
    latest[lane] = nil
    changed.insert(lane)
  }

  /// Replaces the known lanes by these, all of them to be examined.
  mutating func change(all lanes: some Sequence<Lane>) { (changed, queues, latest) = (Set(lanes), [:], [:]) }

  mutating func remove(_ lane: Lane) {
    latest[lane] = nil
    changed.remove(lane)
  }

  mutating func ready(_ lane: Lane, _ order: LaneOrder) {
    let ticket = issue(lane)
    queues[lane.hook, default: Queues()].ready.insert(ticket, by: order)
  }

  mutating func sleep(_ lane: Lane, until time: Timestamp) {
    let ticket = issue(lane)
    queues[lane.hook, default: Queues()].asleep.insert(ticket, by: time)
  }

  /// Marks the lanes whose time has come as changed.
  mutating func wake(at now: Timestamp) {
    for hook in queues.keys {
      while let first = queues[hook]?.asleep.first, first.key <= now {
        queues[hook]?.asleep.removeFirst()
        if isLatest(first.value) { change(first.value.lane) }
      }
    }
  }

  /// The first ready lane of a hook.
  mutating func firstReady(of hook: HookName) -> (lane: Lane, order: LaneOrder)? {
    while let first = queues[hook]?.ready.first {
      if isLatest(first.value) { return (first.value.lane, first.key) }
      queues[hook]?.ready.removeFirst()
    }
    return nil
  }

  /// When the first of a hook's lanes wakes.
  mutating func firstWaking(of hook: HookName) -> Timestamp? {
    while let first = queues[hook]?.asleep.first {
      if isLatest(first.value) { return first.key }
      queues[hook]?.asleep.removeFirst()
    }
    return nil
  }

  private mutating func issue(_ lane: Lane) -> Ticket {
    issued += 1
    latest[lane] = issued
    changed.remove(lane)
    return Ticket(lane: lane, number: issued)
  }

  private func isLatest(_ ticket: Ticket) -> Bool { latest[ticket.lane] == ticket.number }
}
