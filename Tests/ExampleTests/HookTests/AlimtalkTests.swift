import Foundation
import TestSupport
import Testing

@Suite struct AlimtalkTests {
  private static let yes =
    #"{"status": 200, "body": "{\"header\":{\"resultCode\":0,\"isSuccessful\":true},\"message\":{\"sendResults\":[{\"resultCode\":0}]}}"}"#

  private func hook(_ web: WebFake, _ settings: String = "") throws -> HookCase {
    let example = try String(contentsOfFile: "\(HookCase.available)/alimtalk.conf", encoding: .utf8)
    return try HookCase(
      "alimtalk", settings: "\(example)\nURL=\(web.address)/appkeys/k/messages TIMEOUT=1\nRECEIVERS='bob 01012345678'\n\(settings)",
      web: web)
  }

  /// Breaks when the dealer does not get its form, with the example configuration as it is.
  @Test func theTemplateIsFilled() throws {
    let web = try WebFake([Self.yes])
    let text = "저녁 7시에 \"만나요\" \\ #{text}"
    #expect(try hook(web).call(subject: "제목", text: text).status == 0)
    let request = try #require(try web.requests().first)
    #expect(request.headers["x-nc-api-idempotency-key"] == HookCase.alarm && request.headers["x-secret-key"] == "SECRET")
    #expect(request.json["senderKey"] as? String == "SENDER-KEY" && request.json["templateCode"] as? String == "TEMPLATE-CODE")
    let recipient = try #require((request.json["recipientList"] as? [[String: Any]])?.first)
    #expect(recipient["recipientNo"] as? String == "01012345678")
    #expect(recipient["templateParameter"] as? [String: String] == ["from": "alice", "text": "제목: \(text)"])
    #expect(try hook(web).call(to: "821012345678").status == 0)
    #expect(try hook(web).call(to: "carol").status == 67)
    #expect(try hook(web).call("test").status == 67)
  }

  /// Breaks when an answer is taken for another. That the id is known already means: accepted the first time.
  @Test(
    arguments: [
      (#"{"status": 200, "body": "{\"header\":{\"resultCode\":-1005,\"isSuccessful\":false}}"}"#, 0),
      (#"{"status": 200, "body": "{\"header\":{\"resultCode\":-1001,\"isSuccessful\":false}}"}"#, 65),
      (#"{"status": 200, "body": "{\"header\":{\"isSuccessful\":true},\"message\":{\"sendResults\":[{\"resultCode\":-3026}]}}"}"#, 65),
      (#"{"status": 200, "body": "<html>"}"#, 65), (#"{"status": 401}"#, 78), (#"{"status": 400}"#, 65), (#"{"status": 429}"#, 75),
      (#"{"status": 500}"#, 75), (#"{"drop": true}"#, 75), (#"{"status": 200, "delay": 5}"#, 75),
    ] as [(String, Int32)])
  func answersAreUnderstood(answer: String, status: Int32) throws {
    let outcome = try hook(try WebFake([answer])).call()
    #expect(outcome.status == status, "\(answer): \(outcome)")
  }

  @Test func secretsAreOnNoCommandLine() throws {
    let web = try WebFake([Self.yes])
    let hook = try hook(web)
    try hook.recordCommandLines(of: "curl")
    #expect(try hook.call().status == 0)
    let words = try hook.folder.read("curl.words")
    #expect(words.contains("--config") && !words.contains("SECRET") && !words.contains("appkeys"))
  }

  @Test func faultySettings() throws {
    let web = try WebFake([Self.yes])
    #expect(try hook(web, "BODY='{'").call().status == 78)
    #expect(try hook(web, "BODY=''").call().status == 78)
    #expect(try hook(web, "RECEIVERS='bob 010-1234'").call().status == 78)
    #expect(try web.requests().isEmpty)
  }

  @Test func theWholeWay() throws {
    let web = try WebFake([Self.yes])
    let outcome = try hook(web).sendForReal("저녁 7시에 만나요")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(try web.requests().first?.body.contains("저녁 7시에 만나요") == true)
  }
}
