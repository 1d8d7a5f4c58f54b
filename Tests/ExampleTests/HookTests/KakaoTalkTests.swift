import Foundation
import TestSupport
import Testing

/// Against a fake that answers with the codes of Kakao's manual.
@Suite struct KakaoTalkTests {
  private static let done = #"{"status": 200, "body": "{\"result_code\":0}"}"#

  private static func refused(_ code: Int, status: Int = 400) -> String {
    #"{"status": \#(status), "body": "{\"msg\":\"no\",\"code\":\#(code)}"}"#
  }

  private func hook(_ web: WebFake, _ settings: String = "") throws -> HookCase {
    let hook = try HookCase(
      "kakaotalk", settings: "RECEIVER=bob CLIENT_ID=rest-key TIMEOUT=1 API=\(web.address) LOGIN=\(web.address)\n\(settings)", web: web)
    try hook.folder.write(".kakaotalk.tokens", #"{"access_token":"old-access","refresh_token":"old-refresh","scope":"talk_message"}"#)
    return hook
  }

  private func tokens(_ hook: HookCase) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(try hook.folder.read(".kakaotalk.tokens").utf8)) as? [String: Any])
  }

  /// Breaks when the memo has not the form that Kakao reads, or is longer than it shows.
  @Test func aMemoToOneself() throws {
    let web = try WebFake([Self.done])
    let text = "저녁 7시에 만나요 & \"따옴표\" + 100% \\ 😀\n" + String(repeating: "가", count: 300)
    let outcome = try hook(web).call(subject: "제목", text: text)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    let request = try #require(try web.requests().first)
    #expect(request.path == "/v2/api/talk/memo/default/send")
    #expect(request.headers["authorization"] == "Bearer old-access")
    #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
    let template = try #require(
      try JSONSerialization.jsonObject(with: Data((request.form["template_object"] ?? "").utf8)) as? [String: Any])
    let shown = try #require(template["text"] as? String)
    #expect(template["object_type"] as? String == "text" && template["link"] is [String: String])
    #expect(shown.unicodeScalars.count == 200 && shown.hasPrefix("alice\n제목\n저녁 7시에 만나요 & \"따옴표\" + 100% \\ 😀\n가"))
    #expect(try hook(web).call("digest").status == 0)
    #expect(try hook(web).call(to: "carol").status == 67)
  }

  /// Breaks when a code is taken for another. The HTTP status says nothing: 400 stands for most of them.
  @Test(
    arguments: [
      (-1, 75), (-7, 75), (-10, 75), (-532, 75), (-533, 75), (-536, 75), (-603, 75), (-9798, 75), (-402, 78), (-3, 78), (-4, 78),
      (-5, 78), (-530, 67), (-2, 65), (-501, 65), (-12345, 65),
    ] as [(Int, Int32)])
  func codesAreUnderstood(code: Int, status: Int32) throws {
    let web = try WebFake([Self.refused(code)])
    let outcome = try hook(web).call()
    #expect(outcome.status == status, "\(code): \(outcome)")
    #expect(try web.requests().count == 1)
  }

  /// Breaks when trouble on the way is taken for an answer.
  @Test(
    arguments: [(#"{"status": 502, "body": "<html>"}"#, 75), (#"{"drop": true}"#, 75), (#"{"status": 200, "delay": 5}"#, 75)]
      as [(String, Int32)])
  func troubleOnTheWayIsTriedAgain(answer: String, status: Int32) throws {
    let outcome = try hook(try WebFake([answer])).call()
    #expect(outcome.status == status, "\(outcome)")
  }

  /// Breaks when a token that ran out is not replaced, or a refresh token that came along is lost.
  @Test func tokensAreRefreshedOnceAndKept() throws {
    let web = try WebFake([
      Self.refused(-401, status: 401), #"{"status": 200, "body": "{\"access_token\":\"new-access\",\"refresh_token\":\"new-refresh\"}"}"#,
      Self.done,
    ])
    let hook = try hook(web, "CLIENT_SECRET=hush")
    #expect(try hook.call().status == 0)
    let requests = try web.requests()
    #expect(requests.map(\.path) == ["/v2/api/talk/memo/default/send", "/oauth/token", "/v2/api/talk/memo/default/send"])
    #expect(
      requests[1].form == [
        "grant_type": "refresh_token", "client_id": "rest-key", "refresh_token": "old-refresh", "client_secret": "hush",
      ])
    #expect(requests[2].headers["authorization"] == "Bearer new-access")
    #expect(try tokens(hook)["access_token"] as? String == "new-access")
    #expect(try tokens(hook)["refresh_token"] as? String == "new-refresh")
    #expect(try tokens(hook)["scope"] as? String == "talk_message")
    #expect(try run("stat", ["-c", "%a", hook.folder.file(".kakaotalk.tokens")]).output == "600\n")
    #expect(hook.folder.names(in: ".") == [".kakaotalk.tokens", ".kakaotalk.tokens.lock", "kakaotalk.conf"])
  }

  /// Kakao sends a refresh token only when it is a new one.
  @Test func anOldRefreshTokenIsKept() throws {
    let web = try WebFake([Self.refused(-401, status: 401), #"{"status": 200, "body": "{\"access_token\":\"new-access\"}"}"#, Self.done])
    let hook = try hook(web)
    #expect(try hook.call().status == 0)
    #expect(try tokens(hook)["refresh_token"] as? String == "old-refresh")
  }

  /// Breaks when a hook asks for a new token although another one has it already, which makes the first one worthless.
  @Test func whoWaitedForTheLockTakesTheNewToken() throws {
    let web = try WebFake([#"{"status": 401, "delay": 1, "body": "{\"msg\":\"no\",\"code\":-401}"}"#, Self.done])
    let hook = try hook(web, "TIMEOUT=5")
    let requests = web.requests
    let folder = hook.folder
    // While the hook waits for its first answer, another one has replaced the tokens.
    let other = try BackgroundProcess(
      "sh",
      [
        "-c", "until [ -e \"$1\" ]; do sleep 0.02; done; echo '{\"access_token\":\"new-access\",\"refresh_token\":\"r\"}' > \"$2\"", "sh",
        web.requestFile, folder.file(".kakaotalk.tokens"),
      ])
    #expect(try hook.call().status == 0)
    withExtendedLifetime(other) {}
    #expect(try requests().map(\.path) == ["/v2/api/talk/memo/default/send", "/v2/api/talk/memo/default/send"])
    #expect(try requests()[1].headers["authorization"] == "Bearer new-access")
  }

  /// Breaks when a login that is over is tried for ever, or a moment's trouble with it pauses the hook or costs the tokens.
  @Test(
    arguments: [
      (#"{"status": 400, "body": "{\"error\":\"invalid_grant\",\"error_code\":\"KOE322\"}"}"#, 78), (#"{"status": 503}"#, 75),
      (#"{"drop": true}"#, 75), (#"{"status": 200, "body": "{}"}"#, 75), (#"{"status": 200, "body": "<html>"}"#, 75),
    ] as [(String, Int32)])
  func aRefreshThatFails(answer: String, status: Int32) throws {
    let web = try WebFake([Self.refused(-401, status: 401), answer])
    let hook = try hook(web)
    let outcome = try hook.call()
    #expect(outcome.status == status && !outcome.errors.isEmpty, "\(outcome)")
    #expect(try tokens(hook)["refresh_token"] as? String == "old-refresh")
  }

  /// Breaks when a lock that cannot be had costs the alarm.
  @Test func aLockThatCannotBeHad() throws {
    let web = try WebFake([Self.refused(-401, status: 401)])
    let hook = try hook(web)
    _ = try run("mkdir", [hook.folder.file(".kakaotalk.tokens.lock")])
    #expect(try hook.call().status == 75)
    #expect(try web.requests().count == 1)
    let held = try self.hook(web)
    let lock = held.folder.file(".kakaotalk.tokens.lock")
    let other = try BackgroundProcess("flock", [lock, "sh", "-c", "echo held; exec sleep 1000"])
    try waitUntil("the lock is held") { try other.printed().contains("held") }
    #expect(try held.call().status == 75)
    withExtendedLifetime(other) {}
    #expect(try HookCase("kakaotalk", settings: "CLIENT_ID=1").call().status == 78)
  }

  @Test func aNewTokenThatIsRefusedToo() throws {
    let web = try WebFake([
      Self.refused(-401, status: 401), #"{"status": 200, "body": "{\"access_token\":\"new-access\"}"}"#, Self.refused(-401, status: 401),
    ])
    #expect(try hook(web).call().status == 78)
    #expect(try web.requests().count == 3)
  }

  @Test func secretsAreOnNoCommandLine() throws {
    let web = try WebFake([Self.refused(-401, status: 401), #"{"status": 200, "body": "{\"access_token\":\"new-access\"}"}"#, Self.done])
    let hook = try hook(web, "CLIENT_SECRET=hush")
    for program in ["curl", "jq"] { try hook.recordCommandLines(of: program) }
    #expect(try hook.call().status == 0)
    let words = try hook.folder.read("curl.words") + hook.folder.read("jq.words")
    #expect(words.contains("--config"))
    for secret in ["old-access", "new-access", "old-refresh", "rest-key", "hush"] { #expect(!words.contains(secret), "\(secret)") }
  }

  @Test func theWholeWay() throws {
    let web = try WebFake([Self.done])
    let hook = try hook(web, "")
    try hook.configure(try hook.folder.read("kakaotalk.conf") + "TOKENS=\(hook.folder.file(".kakaotalk.tokens"))")
    let outcome = try hook.sendForReal("저녁 7시에 만나요")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try web.requests().first?.form["template_object"]?.contains("저녁 7시에 만나요") == true)
  }
}
