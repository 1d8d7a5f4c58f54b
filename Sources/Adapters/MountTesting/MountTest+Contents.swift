internal import SystemCalls

/// Sizes and bytes under the lock.
extension MountTest {
  private static let recordSize = 512
  private static let mostRounds = 100

  /// One record: a number, and as many bytes of it as make it a record.
  private static func record(_ number: Int) -> [UInt8] {
    [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: recordSize - 8) + bytes(of: number)
  }

  private static func bytes(of number: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }

  func testContents() {
    attempt("contents") { () throws(SystemError) in
      let made = try sides[0].folder.open("data", .create)
      try made.write(all: MountTest.record(0), at: 0)
      let first = try sides[0].folder.open("data", .create)
      let second = try sides[1].folder.open("data", .create)
      var round = 1
      while round <= MountTest.mostRounds, goesOn(after: round) {
        if round.isMultiple(of: 2) {
          try append(round, by: first, seenBy: second, of: sides[1])
          try overwrite(round, by: first, seenBy: second, of: sides[1])
        } else {
          try append(round, by: second, seenBy: first, of: sides[0])
          try overwrite(round, by: second, seenBy: first, of: sides[0])
        }
        round += 1
      }
    }
  }

  /// Record `number` is appended under the lock; the other side, which knew the state before, looks under it.
  private func append(
    _ number: Int, by writer: borrowing FileDescriptor, seenBy reader: borrowing FileDescriptor, of observer: Side
  ) throws(SystemError) {
    let (old, size) = (number * MountTest.recordSize, (number + 1) * MountTest.recordSize)
    _ = try (reader.status(), observer.folder.status(of: "data"), reader.read(MountTest.recordSize, at: 0))
    _ = try reader.read(MountTest.recordSize, at: old - MountTest.recordSize)

    _ = try writer.lock(.exclusive, wait: .forever)
    try writer.write(all: MountTest.record(number), at: old)
    if number % 10 < 2 { try writer.syncData() }
    try writer.unlock()

    _ = try reader.lock(.exclusive, wait: .forever)
    let path = observer.path
    expect(try reader.status().size == size, "\(path): the size of an open file is stale under the lock")
    expect(try reader.read(MountTest.recordSize, at: old) == MountTest.record(number), "\(path): appended bytes are missing under the lock")
    let fresh = try observer.folder.open("data", .read)
    expect(try fresh.status().size == size, "\(path): the size of a file opened under the lock is stale")
    expect(
      try fresh.read(MountTest.recordSize, at: old) == MountTest.record(number),
      "\(path): appended bytes are missing in a file opened under the lock")
    expect(try observer.folder.status(of: "data")?.size == size, "\(path): the size of a file is stale by its name under the lock")
    try reader.unlock()
  }

  /// The first bytes are overwritten under the lock: the file stays as long as it is, so that its size tells no cache of it.
  private func overwrite(
    _ number: Int, by writer: borrowing FileDescriptor, seenBy reader: borrowing FileDescriptor, of observer: Side
  ) throws(SystemError) {
    _ = try (reader.status(), reader.read(MountTest.recordSize, at: 0))
    _ = try observer.folder.contents(of: "data")
    _ = try writer.lock(.exclusive, wait: .forever)
    try writer.write(all: MountTest.bytes(of: number), at: 0)
    try writer.unlock()
    _ = try reader.lock(.exclusive, wait: .forever)
    let path = observer.path
    expect(try reader.read(8, at: 0) == MountTest.bytes(of: number), "\(path): overwritten bytes are stale under the lock")
    let fresh = try observer.folder.open("data", .read)
    expect(try fresh.read(8, at: 0) == MountTest.bytes(of: number), "\(path): overwritten bytes are stale in a file opened under the lock")
    try reader.unlock()
  }
}
