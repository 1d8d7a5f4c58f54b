// `pay/slots/GATEWAY.N`: whoever holds the lock of one may call the gateway; `pay/slots/GATEWAY.wN`: whoever holds the lock of
// one may wait for a slot. There are as many places to wait as slots at most, and ten at most, so those who wait have a good chance
// and all others are told at once. The locks are the kernel's: a holder that is killed frees its slot, and a command that outlives its caller
// keeps it, because its supervisor does.

package import Gateways
package import SharedKernel
package import SpoolLayout
package import SystemCalls

package final class GatewaySlots {
  private static let mostPlaces = 10

  /// Permission to make one call. Given back when it is dropped and no command holds on to it.
  package final class Slot {
    private let file: FileDescriptor
    init(_ file: consuming FileDescriptor) { self.file = file }
  }

  private let root: SpoolRoot
  private let gateway: GatewayName
  private let maximum: Int
  private let health: GatewayHealthFile

  /// `maximum` bounds how many calls there are at the same time, however long callers wait.
  package init(
    root: SpoolRoot, gateway: GatewayName, maximum: Int, health: GatewayHealthFile
  ) {
    self.root = root
    (self.gateway, self.maximum, self.health) = (gateway, maximum, health)
  }

  /// A slot that is free now.
  package func takeFree(of limit: Int) throws(Failure) -> Slot? { try freeOne(in: slotFolder(), of: limit) }

  private func slotFolder() throws(Failure) -> Directory {
    try onDisk { () throws(SystemError) in try root.ensureFolder(.slots) }
  }

  /// A slot; 75 when all are taken and so are the places to wait, which `onRejection` is told first, or when none gets free before the
  /// deadline. `goesOn` is asked now and then while it waits, and throws what ends that.
  package func take(
    of limit: Int, until deadline: Deadline, onRejection: () throws(Failure) -> Void = { () throws(Failure) in },
    goesOn: (GatewayHealth) throws(Failure) -> Void = { _ throws(Failure) in }
  ) throws(Failure) -> Slot {
    let folder = try slotFolder()
    if let slot = try freeOne(in: folder, of: limit) { return slot }
    guard let place = try placeToWait(in: folder) else {
      // Others may be quicker to take it.
      if let more = try oneMore() { return try take(of: more, until: deadline, onRejection: onRejection, goesOn: goesOn) }
      try onRejection()
      throw Failure(.temporary, "gateway \(gateway): all \(limit) slots are taken and \(places) callers wait", remedy: "try again")
    }
    var limit = limit
    // Each waits at another slot, and at the next one after a while.
    var turn = place.number
    while deadline.remainingMicroseconds > 0 {
      let wait = min(Deadline.after(microseconds: SlotLimit.growAfter), deadline)
      if let slot = try lock("\(gateway).\(turn % limit + 1)", in: folder, wait: .until(wait)) { return Slot(slot) }
      turn += 1
      let before = limit
      let known = try health.update { health, now in
        // Somebody else may have waited as long and made it larger already.
        if health.slots.limit <= before { health.slots.callerWaited(at: now, maximum: maximum) }
        return health
      }
      try goesOn(known)
      limit = known.slots.limit
      if let slot = try freeOne(in: folder, of: limit) { return slot }
    }
    throw Failure(.temporary, "gateway \(gateway): no slot got free in time", remedy: "try again")
  }

  /// Makes one slot more and says how many there are; nil where there cannot be more. Who would be turned away need not wait to make one
  /// while the gateway answers well: many callers who come at once, after a time without any, are served.
  private func oneMore() throws(Failure) -> Int? {
    let known = try health.look()
    guard known.isWell, known.slots.limit < maximum else { return nil }
    return try health.update { health, now in
      if health.isWell { health.slots.callerWaited(at: now, maximum: maximum) }
      return health.slots.limit
    }
  }

  private struct Place: ~Copyable {
    let number: Int
    let file: FileDescriptor
  }

  private func freeOne(in folder: Directory, of limit: Int) throws(Failure) -> Slot? {
    for number in 1...limit {
      if let file = try lock("\(gateway).\(number)", in: folder, wait: .never) { return Slot(file) }
    }
    return nil
  }

  private var places: Int { min(maximum, GatewaySlots.mostPlaces) }

  private func placeToWait(in folder: Directory) throws(Failure) -> Place? {
    for number in 1...places {
      if let file = try lock("\(gateway).w\(number)", in: folder, wait: .never) { return Place(number: number, file: file) }
    }
    return nil
  }

  private func lock(_ name: String, in folder: Directory, wait: LockWait) throws(Failure) -> FileDescriptor? {
    try onDisk { () throws(SystemError) in
      let file = try root.openOrCreate(name, in: folder)
      guard try file.lock(.exclusive, wait: wait) else { return nil }
      return file
    }
  }
}

/// Runs something that touches the disk; a system error becomes what it means for the spool.
private func onDisk<Value: ~Copyable>(_ body: () throws(SystemError) -> Value) throws(Failure) -> Value {
  do throws(SystemError) { return try body() } catch { throw Failure(storage: error) }
}
