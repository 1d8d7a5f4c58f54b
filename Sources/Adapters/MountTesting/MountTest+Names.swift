internal import SystemCalls

/// Names under the lock.
extension MountTest {
  private static let mostRounds = 25

  func testNames() {
    attempt("names") { () throws(SystemError) in
      let made = try sides[0].folder.open("names", .create)
      try made.sync()
      var round = 0
      while round < MountTest.mostRounds, goesOn(after: round) {
        let (actor, observer) = directions[round % 2]
        attempt("names") { () throws(SystemError) in try testNames("\(round)", actor, observer) }
        round += 1
      }
    }
  }

  /// One file from the cradle to the grave.
  private func testNames(_ number: String, _ actor: Side, _ observer: Side) throws(SystemError) {
    let (built, name, link, folder) = ("built-\(number)", "name-\(number)", "link-\(number)", "folder-\(number)")
    let (before, after, path) = (Array("before".utf8), Array("what is there after".utf8), observer.path)
    func content(_ name: String) throws(SystemError) -> [UInt8]? { try observer.folder.contents(of: name, limit: 4096) }
    func isListed(_ name: String) throws(SystemError) -> Bool { try observer.folder.list().entries.contains { $0.name == name } }
    func make(_ name: String, _ bytes: [UInt8]) throws(SystemError) {
      let file = try actor.folder.open(name, .createExclusively)
      try file.write(all: bytes)
      try file.sync()
    }

    try step(actor, observer, known: [built, name]) { () throws(SystemError) in
      try make(built, before)
    } look: { () throws(SystemError) in
      expect(try observer.folder.status(of: built)?.size == before.count, "\(path): a new file is not seen under the lock")
    }
    try step(actor, observer, known: [built, name]) { () throws(SystemError) in
      try actor.folder.rename(built, to: actor.folder, replacing: name)
      try actor.folder.sync()
    } look: { () throws(SystemError) in
      expect(try observer.folder.status(of: built) == nil, "\(path): a renamed file is still seen by its old name under the lock")
      expect(try content(name) == before, "\(path): a renamed file is not seen by its new name under the lock")
      let (isNew, isOld) = (try isListed(name), try isListed(built))
      expect(isNew && !isOld, "\(path): a listing is stale under the lock after a rename")
    }
    try step(actor, observer, known: [link, name]) { () throws(SystemError) in
      try actor.folder.link(name, to: actor.folder, as: link)
    } look: { () throws(SystemError) in
      expect(try observer.folder.status(of: link) != nil, "\(path): a link is not seen under the lock")
      expect(try observer.folder.status(of: name)?.linkCount == 2, "\(path): the number of links is stale under the lock")
    }
    try step(actor, observer, known: [built, name]) { () throws(SystemError) in
      try make(built, after)
      try actor.folder.rename(built, to: actor.folder, replacing: name)
    } look: { () throws(SystemError) in
      expect(try content(name) == after, "\(path): a replaced file has its old content under the lock")
    }
    try step(actor, observer, known: [link, name, folder]) { () throws(SystemError) in
      try actor.folder.remove(name)
      try actor.folder.remove(link)
      _ = try actor.folder.makeDirectory(folder)
    } look: { () throws(SystemError) in
      expect(try observer.folder.status(of: name) == nil, "\(path): a removed file is still seen under the lock")
      expect(try !isListed(link), "\(path): a listing is stale under the lock after a removal")
      expect(try observer.folder.status(of: folder) != nil, "\(path): a new folder is not seen under the lock")
    }
    try actor.folder.removeDirectory(folder)
  }

  /// Something is done under the lock, and the other side, which knew what the names stood for, looks under it.
  private func step(
    _ actor: Side, _ observer: Side, known: [String], _ act: () throws(SystemError) -> Void, look: () throws(SystemError) -> Void
  ) throws(SystemError) {
    let actorLock = try actor.folder.open("names", .create)
    let observerLock = try observer.folder.open("names", .create)
    for name in known { _ = try observer.folder.contents(of: name, limit: 4096) }
    for name in known { _ = try observer.folder.status(of: name) }
    _ = try observer.folder.list()
    _ = try actorLock.lock(.exclusive, wait: .forever)
    try act()
    try actorLock.unlock()
    _ = try observerLock.lock(.exclusive, wait: .forever)
    try look()
    try observerLock.unlock()
  }
}
