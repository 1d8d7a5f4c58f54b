import TestSupport
import Testing

/// Against the real apprise, which posts to a fake web server.
@Suite struct AppriseTests {
  private func hook(_ addresses: String, _ web: WebFake? = nil) throws -> HookCase {
    try require("apprise", from: "apprise")
    let hook = try HookCase("apprise", settings: nil, web: web)
    try hook.folder.write(".config/apprise", addresses + "\n")
    return hook
  }

  @Test func textAndTitleArrive() throws {
    let web = try WebFake([#"{"status": 200}"#])
    let hook = try hook("json\(web.address.dropFirst(4))/secret", web)
    #expect(try hook.call("failed", subject: "제목", text: "저녁 <7시>\n-t 둘째 줄").status == 0)
    let sent = try #require(try web.requests().first?.json)
    #expect(sent["title"] as? String == "Your message was not delivered" && sent["type"] as? String == "failure")
    #expect(sent["message"] as? String == "제목\n저녁 <7시>\n-t 둘째 줄")
    #expect(try hook.sendForReal("저녁 7시에 만나요").status == 0)
    #expect(try web.requests().last?.json["message"] as? String == "저녁 7시에 만나요")
  }

  /// Breaks when trouble on the way costs an alarm, or a configuration without a service is tried for ever.
  @Test func failuresAreTriedAgain() throws {
    let web = try WebFake([#"{"status": 500}"#])
    #expect(try hook("json://127.0.0.1:1/").call().status == 75)
    #expect(try hook("json\(web.address.dropFirst(4))/", web).call().status == 75)
    #expect(try hook("").call().status == 78)
    #expect(try HookCase("apprise", settings: "CONFIG=/dev/null/none").call().status == 78)
  }
}
