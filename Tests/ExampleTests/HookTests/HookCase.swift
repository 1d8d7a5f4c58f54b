import Foundation
import TestSupport
import Testing

/// One of the hooks that are shipped, with its settings, in a folder of its own.
struct HookCase {
  let name: String
  let folder = TemporaryFolder()
  /// Kept alive as long as the hook may be called.
  private let web: WebFake?
  var path: String { "\(HookCase.available)/\(name)" }

  static let available = "\(Repository.path)/spool-example/alarms/available"
  /// The programs, without their settings.
  static var names: [String] {
    Repository.files(below: "spool-example/alarms/available").map { String($0.split(separator: "/").last ?? "") }
      .filter { !$0.hasSuffix(".conf") }
  }
  static let alarm = "01M827WW1SMQ4Z4ZCT9Q5VSMDF"

  /// `settings` are lines of the hook's configuration; nil for none at all.
  init(_ name: String, settings: String? = "", web: WebFake? = nil) throws {
    (self.name, self.web) = (name, web)
    if let settings { try configure(settings) }
  }

  /// Puts an executable into the folder. Another program copies it there: while this process had it open for writing, a child that
  /// another test starts could inherit that, and then nobody could run it (ETXTBSY).
  func install(_ name: String, _ script: String) throws {
    try folder.write("\(name).source", "#!/bin/sh\n\(script)\n")
    let outcome = try run("install", ["-D", "-m", "755", folder.file("\(name).source"), folder.file(name)])
    try #require(outcome.status == 0, "\(outcome)")
  }

  func configure(_ settings: String) throws { try folder.write("\(name).conf", settings + "\n") }

  /// Calls the hook as the daemon does: arguments, environment, a line of JSON.
  func call(
    _ kind: String = "arrived", to receiver: String = "bob", subject: String = "", text: String = "안녕", id: String = alarm,
    priority: String = "normal"
  ) throws -> ToolRun {
    var alarm: [String: Any] = [
      "v": 1, "id": id, "kind": kind, "seq": 7, "from": "alice", "to": receiver, "at": "2026-11-22T18:00:00.000000Z", "attempt": 1,
      "redelivered": false,
    ]
    if kind == "digest" {
      alarm["from"] = nil
      alarm["count"] = 2
      alarm["items"] = [("alice", "하나", ""), ("carol", "", text)].map { sender, subject, preview in
        [
          "id": id, "kind": "arrived", "seq": 6, "from": sender, "to": receiver, "at": "2026-11-22T17:00:00.000000Z",
          "message": ["id": id, "subject": subject, "preview": preview, "date": "", "priority": "normal"],
        ]
      }
    } else {
      alarm["message"] = ["id": id, "subject": subject, "text": text, "date": "", "size": text.utf8.count, "priority": priority]
    }
    let json = String(decoding: try JSONSerialization.data(withJSONObject: alarm, options: .sortedKeys), as: UTF8.self)
    let preview = kind == "digest" ? "2 messages: 1 from alice, 1 from carol" : String(text.prefix(80).replacing("\n", with: " "))
    return try run(
      path, [kind, receiver, id], input: json + "\n",
      environment: [
        "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8", "MSG_ALARM_ID": id, "MSG_ALARM_KIND": kind,
        "MSG_ALARM_SEQ": "7", "MSG_ALARM_FROM": kind == "digest" ? "" : "alice", "MSG_ALARM_TO": receiver,
        "MSG_ALARM_AT": "2026-11-22T18:00:00.000000Z",
        "MSG_ALARM_ATTEMPT": "1", "MSG_ALARM_REDELIVERED": "false", "MSG_ALARM_MESSAGE": id, "MSG_ALARM_PRIORITY": priority,
        "MSG_ALARM_PREVIEW": preview, "MSG_ALARM_HOOK": name, "MSG_ALARM_SPOOL": folder.path,
        "MSG_ALARM_CONF": folder.file("\(name).conf"),
      ])
  }

  /// The whole way: a message is sent to bob, and the daemon runs the hook, switched on by a link, with these settings.
  func sendForReal(_ text: String, to receiver: String = "bob") throws -> ToolRun {
    let spool = TestSpool(environment: ["HOME": folder.path])
    let sent = try spool.run("msg-send", [receiver, text])
    try #require(sent.status == 0, "\(sent)")
    try spool.folder.write("spool/alarms/hooks/\(name).conf", (try? folder.read("\(name).conf")) ?? "")
    let hooks = spool.folder.file("spool/alarms/hooks")
    _ = try run("chmod", ["700", spool.folder.file("spool/alarms"), hooks])
    _ = try run("ln", ["-s", path, hooks])
    return try spool.run("msg-alarmd", ["--once"])
  }
}

/// A program that a test needs from Debian; what is missing is a failure that says so.
func require(_ program: String, from package: String) throws {
  guard try run("sh", ["-c", "command -v \(program)"]).status == 0 else {
    throw HarnessFailure("\(program) is missing: apt-get install \(package)")
  }
}

/// The loopback web server that plays a script of answers.
struct WebFake {
  private let folder = TemporaryFolder()
  private let server: BackgroundProcess
  let address: String

  /// Each answer is a JSON object, see http-fake.py; the last one goes on for ever.
  init(_ answers: [String]) throws {
    try folder.write("answers", answers.joined(separator: "\n"))
    server = try BackgroundProcess("/usr/bin/python3", ["\(Repository.path)/Tests/ExampleTests/HookTests/http-fake.py", folder.path])
    let folder = folder
    try waitUntil("the web server listens") { folder.names(in: ".").contains("port") }
    address = "http://127.0.0.1:\(try folder.read("port"))"
  }

  /// Where its requests are written down, from the first one on.
  var requestFile: String { folder.file("requests") }

  struct Request {
    let path: String
    let headers: [String: String]
    let body: String
    /// The body as JSON.
    var json: [String: Any] { (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:] }
    /// The body as a form.
    var form: [String: String] {
      let items = URLComponents(string: "?\(body.replacing("+", with: "%20"))")?.queryItems ?? []
      return Dictionary(items.map { ($0.name, $0.value ?? "") }) { $1 }
    }
  }

  func requests() throws -> [Request] {
    guard folder.names(in: ".").contains("requests") else { return [] }
    return try folder.read("requests").split(separator: "\n").map { line in
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      return Request(
        path: object["path"] as? String ?? "", headers: object["headers"] as? [String: String] ?? [:], body: object["body"] as? String ?? ""
      )
    }
  }
}
