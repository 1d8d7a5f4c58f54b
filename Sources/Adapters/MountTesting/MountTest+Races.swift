internal import SystemCalls

/// Names that two make at once. A rename is not among them: what is moved is locked by the process that moves it.
extension MountTest {
  private static let names = 25
  /// Between two names: both sides begin with each at the same moment.
  private static let interval = Duration.milliseconds(3)

  private enum Maker: String, CaseIterable {
    case link = "links"
    case open = "exclusive opens"
    case folder = "folders"

    /// Tries to make `name`; false where it is there.
    func make(_ name: String, by side: Side, _ number: Int) throws(SystemError) -> Bool {
      let own = "own-\(number)-\(name)"
      if self == .folder { return try side.folder.makeDirectory(name) }
      do throws(SystemError) {
        switch self {
        case .open, .folder: _ = try side.folder.open(name, .createExclusively)
        case .link:
          _ = try side.folder.open(own, .createExclusively)
          try side.folder.link(own, to: side.folder, as: name)
        }
        return true
      } catch {
        if error.code == .exists { return false }
        throw error
      }
    }
  }

  func testRaces() {
    for maker in Maker.allCases where goesOn(after: 0) {
      attempt(maker.rawValue) { () throws(SystemError) in try race(maker) }
    }
  }

  private func race(_ maker: Maker) throws(SystemError) {
    let (start, sides) = (Deadline.after(.milliseconds(10)), sides)
    let workers = try Workers(2) { number in
      var made = ""
      for name in 0..<MountTest.names {
        let moment = start.earlier(by: .zero - MountTest.interval * name)
        while !moment.hasPassed {}
        do throws(SystemError) {
          if try maker.make("\(maker.rawValue)-\(name)", by: sides[number], number) { made += "\(name)\n" }
        } catch {
          return made + "\(error.call) failed: \(error.code)\n"
        }
      }
      return made
    }
    let (texts, lost) = try workers.finish()
    expect(lost == 0, "\(maker.rawValue): a process of the test died")
    var winners = [Int](repeating: 0, count: MountTest.names)
    for line in texts.split(separator: "\n") {
      if let name = Int(line) { winners[name] += 1 } else { return expect(false, "\(maker.rawValue): \(line)") }
    }
    for count in winners {
      expect(count < 2, "\(maker.rawValue): two succeeded in making one name")
      expect(count > 0, "\(maker.rawValue): of two that made one name, none succeeded")
    }
    for side in sides {
      for name in 0..<MountTest.names {
        expect(try side.folder.status(of: "\(maker.rawValue)-\(name)") != nil, "\(maker.rawValue): a name is not seen through \(side.path)")
      }
    }
  }
}
