internal import SystemCalls

/// Locks: exclusive, freed, waited for.
extension MountTest {
  func testLocks() {
    attempt("locks") { () throws(SystemError) in
      _ = try sides[0].folder.open("lock", .create)
      for (actor, observer) in directions {
        let held = try actor.folder.open("lock", .create)
        let wanted = try observer.folder.open("lock", .create)
        if try !isExclusive(held, wanted, actor, observer) { continue }
        try testWait(held, actor, observer)
        try testDeath(held, observer)
      }
    }
  }

  private func isExclusive(_ held: borrowing FileDescriptor, _ wanted: borrowing FileDescriptor, _ actor: Side, _ observer: Side)
    throws(SystemError) -> Bool
  {
    expect(try held.lock(.exclusive, wait: .never), "\(actor.path): a lock that no process holds counts as taken")
    let isShared = try wanted.lock(.exclusive, wait: .never)
    expect(!isShared, "\(observer.path): a lock that is held through \(actor.path) is given a second time")
    try held.unlock()
    if isShared {
      try wanted.unlock()
      return false
    }
    expect(
      try wanted.lock(.exclusive, wait: .until(.after(MountTest.patience))), "\(observer.path): a lock stays taken after it was given back")
    try wanted.unlock()
    return true
  }

  /// A process waits for the lock: in vain until its time is over, then until the lock is given back.
  private func testWait(_ held: borrowing FileDescriptor, _ actor: Side, _ observer: Side) throws(SystemError) {
    func waiter(_ span: Duration) throws(SystemError) -> ForkedChild {
      try ForkedChild {
        guard let file = try? observer.folder.open("lock", .readWrite), let isMine = try? file.lock(.exclusive, wait: .until(.after(span)))
        else {
          return 2
        }
        return isMine ? 0 : 1
      }
    }
    _ = try held.lock(.exclusive, wait: .forever)
    var inVain = try waiter(.milliseconds(200))
    let end = try inVain.exitStatus(until: .after(MountTest.patience))
    try held.unlock()
    expect(end != nil, "\(observer.path): a wait for a lock does not end in time")
    expect(end != 0, "\(observer.path): a lock that is held through \(actor.path) is given to a process that waits for it")
    expect(end != 2, "\(observer.path): a wait for a lock fails")
    if end == nil { return }
    _ = try held.lock(.exclusive, wait: .forever)
    var patient = try waiter(.seconds(10))
    _ = try patient.exitStatus(until: .after(.milliseconds(50)))
    try held.unlock()
    expect(
      try patient.exitStatus(until: .after(MountTest.patience)) == 0,
      "\(observer.path): a process that waits for a lock does not get it when it is released")
  }

  /// A process holds the lock and is killed.
  private func testDeath(_ wanted: borrowing FileDescriptor, _ observer: Side) throws(SystemError) {
    var holder = try ForkedChild {
      guard let file = try? observer.folder.open("lock", .readWrite), (try? file.lock(.exclusive, wait: .forever)) == true else { return 2 }
      while (try? waitForAny([], for: nil)) != nil {}
      return 1
    }
    let end = Deadline.after(MountTest.patience)
    var isHeld = false
    while !isHeld, !end.hasPassed {
      isHeld = try !wanted.lock(.exclusive, wait: .never)
      if !isHeld {
        try wanted.unlock()
        _ = try holder.exitStatus(until: .after(.milliseconds(5)))
      }
    }
    expect(isHeld, "\(observer.path): a process does not get a lock that is free")
    holder.kill()
    expect(
      try wanted.lock(.exclusive, wait: .until(.after(MountTest.patience))),
      "\(observer.path): the lock of a process that was killed stays taken")
    try wanted.unlock()
  }
}
