import Foundation
import TestSupport
import Testing

@Suite struct WebhookTests {
  private func hook(_ settings: String, _ web: WebFake) throws -> HookCase {
    try HookCase("webhook", settings: "URL=\(web.address)/secret-path\n\(settings)", web: web)
  }

  /// Breaks when a service does not get the form it reads, or a message can call everybody by name.
  @Test func slackDiscordAndNtfyGetTheirForms() throws {
    let web = try WebFake([#"{"status": 200}"#])
    let text = "<!channel> @everyone & \"저녁\"\n둘째 줄 \\ $HOME"
    #expect(try hook("FORMAT=slack", web).call(subject: "제목", text: text).status == 0)
    #expect(try hook("FORMAT=discord", web).call(text: text + String(repeating: "가", count: 3000)).status == 0)
    #expect(try hook("FORMAT=ntfy TOPIC=alice-alarms TOKEN=tk_1", web).call(text: text, priority: "urgent").status == 0)
    #expect(try hook("FORMAT=json", web).call("digest").status == 0)
    let requests = try web.requests()
    #expect(requests.map(\.path) == Array(repeating: "/secret-path", count: 4))
    #expect(requests.map { $0.headers["idempotency-key"] } == Array(repeating: HookCase.alarm, count: 4))
    #expect(requests.allSatisfy { $0.headers["content-type"] == "application/json" })
    #expect(
      requests[0].json["text"] as? String
        == "*Message from alice*\n제목\n&lt;!channel&gt; @everyone &amp; \"저녁\"\n둘째 줄 \\ $HOME")
    let content = try #require(requests[1].json["content"] as? String)
    #expect(content.unicodeScalars.count == 2000 && content.hasPrefix("**Message from alice**\n<!channel>"))
    #expect(requests[1].json["allowed_mentions"] as? [String: [String]] == ["parse": []])
    #expect(requests[2].json["topic"] as? String == "alice-alarms")
    #expect(requests[2].json["title"] as? String == "Message from alice")
    #expect(requests[2].json["message"] as? String == text)
    #expect(requests[2].json["priority"] as? Int == 5)
    #expect(requests[2].headers["authorization"] == "Bearer tk_1")
    #expect(requests[3].json["count"] as? Int == 2 && requests[3].headers["authorization"] == nil)
  }

  /// Breaks when a digest or an alarm for the sender is not said as such.
  @Test func everyKindIsSaid() throws {
    let web = try WebFake([#"{"status": 204}"#])
    for kind in ["sent", "arrived", "failed", "credit", "digest", "test"] {
      #expect(try hook("FORMAT=ntfy TOPIC=t KINDS='sent arrived failed credit digest test'", web).call(kind).status == 0)
    }
    #expect(
      try web.requests().map { $0.json["title"] as? String } == [
        "Your message was sent", "Message from alice", "Your message was not delivered", "Your credit is running low",
        "2 messages are waiting", "msgspool: test",
      ])
    #expect(try web.requests()[4].json["message"] as? String == "alice: 하나\ncarol: 안녕")
  }

  /// Breaks when an answer of the service is taken for another: what is lost for good, what is tried again, what waits for a person.
  @Test(
    arguments: [
      (#"{"status": 200}"#, 0, ""), (#"{"status": 429, "headers": {"Retry-After": "17"}}"#, 75, "retry-after: 17\n"),
      (#"{"status": 503, "headers": {"Retry-After": "Fri, 31 Dec 2027 23:59:59 GMT"}}"#, 75, ""), (#"{"status": 500}"#, 75, ""),
      (#"{"status": 401}"#, 78, ""), (#"{"status": 404}"#, 78, ""), (#"{"status": 302, "headers": {"Location": "/x"}}"#, 78, ""),
      (#"{"status": 400, "body": "no such field"}"#, 65, ""), (#"{"status": 413}"#, 65, ""), (#"{"drop": true}"#, 75, ""),
      (#"{"status": 200, "delay": 5}"#, 75, ""),
    ])
  func answersAreUnderstood(answer: String, status: Int32, output: String) throws {
    let web = try WebFake([answer])
    let outcome = try hook("TIMEOUT=1", web).call()
    #expect(outcome.status == status && outcome.output == output, "\(answer): \(outcome)")
    #expect(outcome.errors.isEmpty == (status == 0))
    #expect(!outcome.errors.contains("secret-path"))
    if answer.contains("no such field") { #expect(outcome.errors == "HTTP status 400: no such field \n") }
  }

  @Test func aServerThatIsNotThereIsTriedAgain() throws {
    #expect(try HookCase("webhook", settings: "URL=http://127.0.0.1:1/").call().status == 75)
    #expect(try HookCase("webhook", settings: "URL=gopher-like://x/").call().status == 78)
    #expect(try HookCase("webhook", settings: "URL=http://127.0.0.1:1/ RECEIVER=carol").call().status == 67)
  }

  /// Breaks when a secret stands on a command line, where every user of the machine can read it.
  @Test func secretsAreOnNoCommandLine() throws {
    let web = try WebFake([#"{"status": 200}"#])
    let hook = try hook("TOKEN=secret-token", web)
    try hook.recordCommandLines(of: "curl")
    #expect(try hook.call().status == 0)
    let words = try hook.folder.read("curl.words")
    #expect(words.contains("--data-binary") && !words.contains("secret"), "\(words)")
    #expect(try web.requests().first?.headers["authorization"] == "Bearer secret-token")
  }

  @Test func theWholeWay() throws {
    let web = try WebFake([#"{"status": 200}"#])
    let outcome = try hook("FORMAT=json", web).sendForReal("저녁 7시에 만나요")
    #expect(outcome.status == 0, "\(outcome)")
    let message = try #require(try web.requests().first?.json["message"] as? [String: Any])
    #expect(message["text"] as? String == "저녁 7시에 만나요\n" || message["text"] as? String == "저녁 7시에 만나요")
  }
}

extension HookCase {
  /// Puts a program of this name before the real one, which writes its words to NAME.words and then is the real one.
  func recordCommandLines(of program: String) throws {
    let real = try run("sh", ["-c", "command -v \(program)"]).lines.first ?? ""
    try install("bin/\(program)", "printf '%s\\n' \"$@\" >> '\(folder.file("\(program).words"))'\nexec \(real) \"$@\"")
    try configure(try folder.read("\(name).conf") + "PATH=\(folder.file("bin")):$PATH")
  }
}
