import JSONText
import SharedKernel
import Testing

@testable import Alarms

@Suite struct HookCallTests {
  private let surroundings = HookCall.Surroundings(spool: "/spool", home: "/home/a", timeZone: "Asia/Seoul")

  /// Breaks when a key of the contract with hooks is renamed, missing or of another type.
  @Test func theLineAHookReads() throws {
    var delivery = try delivery(7)
    delivery.attempt = 3
    delivery.isRedelivered = true
    let call = HookCall(delivery, text: Array("안녕\n\u{1}".utf8), surroundings: surroundings)
    let id = delivery.alarm.id
    #expect(call.arguments == ["arrived", "bob", "\(id)"])
    #expect(
      String(decoding: call.inputLine, as: UTF8.self)
        == #"{"v":1,"id":"\#(id)","kind":"arrived","seq":7,"from":"alice","to":"bob","at":"1970-01-01T00:16:40.000000Z","#
        + #""attempt":3,"redelivered":true,"message":{"id":"\#(delivery.alarm.event.message)","subject":"제목","#
        + #""text":"안녕\n\u0001","date":"1970-01-01T00:16:40.000000Z","size":8,"priority":"urgent"}}"# + "\n")
  }

  /// Breaks when a hook inherits anything of the daemon, or the environment grows with the text.
  @Test func theEnvironmentIsItsOwn() throws {
    let text = "first line\nsecond\u{7}" + String(repeating: "가", count: 100_000)
    let call = HookCall(try delivery(7), text: Array(text.utf8), surroundings: surroundings)
    let names = call.environment.map { String($0.prefix { $0 != "=" }) }
    #expect(
      Set(names)
        == Set(
          [
            "ID", "KIND", "SEQ", "FROM", "TO", "AT", "ATTEMPT", "REDELIVERED", "MESSAGE", "PRIORITY", "PREVIEW", "ESCALATED", "HOOK",
            "SPOOL",
          ].map {
            "MSG_ALARM_\($0)"
          } + ["PATH", "LANG", "HOME", "TZ"]))
    #expect(call.environment.allSatisfy { $0.utf8.count < 400 })
    #expect(call.environment.contains("PATH=/usr/local/bin:/usr/bin:/bin"))
    #expect(call.environment.contains { $0.hasPrefix("MSG_ALARM_PREVIEW=first line second가") })
  }

  /// Breaks when a line of the history loses a key that scripts rely on, or cannot be read back.
  @Test func aHistoryLineIsReadBack() throws {
    let delivery = try delivery(7)
    var line = HistoryLine(time: seconds(5), state: .retrying, alarm: delivery.alarm, hook: delivery.hook)
    (line.attempt, line.exit, line.duration, line.isRedelivered) = (2, 75, .milliseconds(12), true)
    (line.retryAt, line.error) = (seconds(10), "exit status 75: 안 됨")
    #expect(HistoryLine(try JSONValue(parsing: line.json.line)) == line)
    let gap = HistoryLine(time: seconds(5), state: .gap, sequence: 3)
    guard case .object(let members) = gap.json else { return #expect(Bool(false)) }
    #expect(
      members.map(\.key) == ["time", "id", "seq", "kind", "receiver", "from", "message", "hook", "state", "attempt", "exit", "duration_ms"])
  }
}
