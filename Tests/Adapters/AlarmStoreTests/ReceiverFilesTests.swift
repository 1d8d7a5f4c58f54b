import SpoolLayout
import Alarms
import SharedKernel
import SystemCalls
import TestSupport
import Testing

@testable import AlarmStore

private final class Calendar: Clock {
  let time: Timestamp
  init(time: Timestamp) { self.time = time }
  func now() -> Timestamp { time }
}

@Suite struct ReceiverFilesTests {
  private let folder = TemporaryFolder()

  private func files(at time: String, complain: @escaping (String) -> Void = { _ in }) throws -> ReceiverFiles {
    let calendar = Calendar(time: try #require(Timestamp(rfc3339: time)))
    return ReceiverFiles(root: try SpoolRoot(opening: folder.path), calendar: calendar, complain: complain)
  }

  /// The end of bob's quiet hours as the daemon's clock shows it, which runs by itself.
  private func wait(at time: String) throws -> Int64? {
    let now = Timestamp(seconds: 50)
    return try files(at: time).quietUntil(#require(Name("bob")), at: now).map { $0.seconds - now.seconds }
  }

  /// Breaks when the zone of the file is not asked, or its summer time. 22:00 is 13:00 UTC in Seoul, 03:00 in New York's winter
  /// and 02:00 in its summer.
  @Test(arguments: [
    ("Asia/Seoul", "2026-11-22T13:00:00Z", 9), ("Asia/Seoul", "2026-11-22T12:59:59Z", nil), ("America/New_York", "2026-11-22T03:00:00Z", 9),
    ("America/New_York", "2026-11-22T02:30:00Z", nil), ("America/New_York", "2026-07-22T02:00:00Z", 9),
    ("America/New_York", "2026-03-08T03:00:00Z", 8), ("UTC", "2060-07-22T22:00:00Z", 9), ("America/New_York", "2060-07-22T02:00:00Z", 9),
  ])
  func zonesOfTheDatabase(zone: String, now: String, hours: Int64?) throws {
    try folder.write("alarms/users/bob.conf", "quiet = 22:00-07:00\nzone = \(zone)\n")
    #expect(try wait(at: now) == hours.map { $0 * 3600 })
  }

  /// Breaks when a zone is looked for outside the database, or a wrong one silently means UTC.
  @Test(arguments: ["Mars/Base", "../../etc/passwd", "/etc/localtime", "", "Asia", "Asia/../UTC"])
  func otherZonesAreRefused(zone: String) throws {
    try folder.write("alarms/users/bob.conf", "zone = \(zone)\n")
    var complaints: [String] = []
    let files = try files(at: "2026-11-22T03:00:00Z") { complaints.append($0) }
    #expect(try files.choices(of: #require(Name("bob"))).zone == nil)
    #expect(complaints.count == 1 && complaints[0].contains("bob.conf: line 1: zone = \(zone): there is no such time zone"))
    #expect(try ReceiverFiles.receivers(root: SpoolRoot(opening: folder.path)).map(\.text) == ["bob"])
  }

  /// Breaks when two people get one id, or a damaged file ends the others.
  @Test func silencesHaveTheirIds() throws {
    let root = try SpoolRoot(opening: folder.path)
    let files = SilenceFiles(root: root)
    func make(_ id: Int) -> Silence {
      Silence(id: id, begin: Timestamp(seconds: 1), end: Timestamp(seconds: 9), receiver: Name("bob"), sender: nil, hook: nil, comment: "왜")
    }
    #expect(try files.add(make).id == 1)
    #expect(try files.add(make).id == 2)
    try folder.write("alarms/silences/3.json", "rubbish")
    #expect(try files.add(make).id == 4)
    #expect(try SilenceFiles.all(root: root) == [make(1), make(2), make(4)])
    #expect(try files.remove(2))
    #expect(try !files.remove(2))
    // One whose restriction cannot be read would silence everything.
    let good = try folder.read("alarms/silences/4.json")
    try folder.write("alarms/silences/5.json", good.replacing("bob", with: "b o b").replacing("\"id\":4", with: "\"id\":5"))
    #expect(try SilenceFiles.all(root: root).map(\.id) == [1, 4])
  }
}
