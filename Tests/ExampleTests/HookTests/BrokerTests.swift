import Foundation
import TestSupport
import Testing

/// Real brokers, each on a port or socket of its own.
@Suite struct BrokerTests {
  private static let text = "저녁 7시에 만나요"

  private func alarm(_ line: some StringProtocol) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  private func text(of alarm: [String: Any]) -> String? { (alarm["message"] as? [String: Any])?["text"] as? String }

  // MARK: - MQTT

  /// A broker that wants a password.
  private func broker(_ hook: HookCase, port: Int) throws -> BackgroundProcess {
    try require("mosquitto", from: "mosquitto")
    try require("mosquitto_pub", from: "mosquitto-clients")
    try hook.folder.write("passwords", "")
    _ = try run("mosquitto_passwd", ["-b", hook.folder.file("passwords"), "user", "pass"])
    // Started by root, the broker goes on as another user.
    _ = try run("chmod", ["755", hook.folder.path])
    _ = try run("chmod", ["644", hook.folder.file("passwords")])
    try hook.folder.write(
      "mosquitto.conf", "listener \(port) 127.0.0.1\nallow_anonymous false\npassword_file \(hook.folder.file("passwords"))\n")
    let broker = try BackgroundProcess("mosquitto", ["-v", "-c", hook.folder.file("mosquitto.conf")])
    try waitUntil("mosquitto listens") { try broker.printed().contains("running") }
    return broker
  }

  private func login(_ hook: HookCase, port: Int, password: String) throws {
    try hook.folder.write("options/mosquitto_pub", "-h 127.0.0.1\n-p \(port)\n-u user\n-P \(password)\n")
    try hook.configure("OPTIONS_IN=\(hook.folder.file("options"))")
  }

  /// Breaks when an alarm does not come whole to who has subscribed, or a '+' in a name makes the topic invalid.
  @Test func mqttSubscribersGetTheAlarm() throws {
    let hook = try HookCase("mqtt")
    let port = try freePort()
    let broker = try broker(hook, port: port)
    try login(hook, port: port, password: "pass")
    let subscriber = try BackgroundProcess(
      "mosquitto_sub", ["-h", "127.0.0.1", "-p", "\(port)", "-u", "user", "-P", "pass", "-q", "1", "-t", "msgspool/#", "-v"])
    try waitUntil("the subscription") { try broker.printed().contains("Sending SUBACK") }
    #expect(try hook.call("digest", to: "+821012345678").status == 0)
    let outcome = try hook.sendForReal(Self.text)
    #expect(outcome.status == 0, "\(outcome)")
    try waitUntil("three alarms") { try subscriber.printed().split(separator: "\n").count == 3 }
    let lines = try subscriber.printed().split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1) }
    #expect(Set(lines.map { String($0[0]) }) == ["msgspool/%2B821012345678/digest", "msgspool/alice/sent", "msgspool/bob/arrived"])
    let arrived = try alarm(try #require(lines.first { $0[0].hasSuffix("arrived") })[1])
    #expect(arrived["kind"] as? String == "arrived" && text(of: arrived)?.hasPrefix(Self.text) == true)
  }

  @Test func mqttTrouble() throws {
    let hook = try HookCase("mqtt")
    #expect(try hook.call().status == 78)
    let port = try freePort()
    try login(hook, port: port, password: "wrong")
    #expect(try hook.call().status == 75)
    let broker = try broker(hook, port: port)
    let refused = try hook.call()
    #expect(refused.status == 78 && refused.errors.contains("not authorised"), "\(refused)")
    withExtendedLifetime(broker) {}
  }

  // MARK: - Redis

  private func redis(_ hook: HookCase) throws -> BackgroundProcess {
    try require("redis-server", from: "redis-server")
    let server = try BackgroundProcess(
      "redis-server", ["--port", "0", "--unixsocket", hook.folder.file("redis"), "--save", "", "--dir", hook.folder.path])
    try waitUntil("redis listens") { try ask(hook, "PING") == "PONG\n" }
    try hook.configure("SOCKET=\(hook.folder.file("redis"))")
    return server
  }

  private func ask(_ hook: HookCase, _ words: String...) throws -> String {
    try run("redis-cli", ["-s", hook.folder.file("redis")] + words).output
  }

  /// Breaks when an alarm is not in the stream, or a repeat is there twice.
  @Test func redisKeepsEachAlarmOnce() throws {
    let hook = try HookCase("redis-stream")
    let server = try redis(hook)
    for _ in 1...3 { #expect(try hook.call(text: Self.text).status == 0) }
    #expect(try ask(hook, "XLEN", "msgspool") == "1\n")
    let entry = try ask(hook, "XRANGE", "msgspool", "-", "+").split(separator: "\n")
    #expect(entry.dropFirst().dropLast() == ["id", HookCase.alarm[...], "kind", "arrived", "to", "bob", "alarm"])
    #expect(text(of: try alarm(try #require(entry.last))) == Self.text)
    #expect(try hook.sendForReal(Self.text).status == 0)
    #expect(try ask(hook, "XLEN", "msgspool") == "3\n")
    withExtendedLifetime(server) {}
  }

  @Test func redisTrouble() throws {
    let hook = try HookCase("redis-stream")
    try hook.configure("SOCKET=\(hook.folder.file("redis"))")
    #expect(try hook.call().status == 75)
    let server = try redis(hook)
    _ = try ask(hook, "SET", "taken", "x")
    try hook.configure("SOCKET=\(hook.folder.file("redis")) STREAM=taken")
    #expect(try hook.call().status == 78)
    // What failed is not remembered as done.
    _ = try ask(hook, "DEL", "taken")
    #expect(try hook.call().status == 0)
    #expect(try ask(hook, "XLEN", "taken") == "1\n")
    _ = try ask(hook, "CONFIG", "SET", "requirepass", "secret-word")
    #expect(try hook.call(id: String(HookCase.alarm.reversed())).status == 78)
    try hook.configure("SOCKET=\(hook.folder.file("redis")) STREAM=taken PASSWORD=secret-word")
    try hook.recordCommandLines(of: "redis-cli")
    #expect(try hook.call(id: String(HookCase.alarm.reversed())).status == 0)
    #expect(try !hook.folder.read("redis-cli.words").contains("secret-word"))
    withExtendedLifetime(server) {}
  }

  // MARK: - Kafka

  /// A broker that speaks Kafka's protocol: librdkafka's own mock cluster, in a kcat that waits for input.
  private func kafka(_ hook: HookCase) throws -> (BackgroundProcess, address: String) {
    try require("kcat", from: "kcat")
    _ = try run("mkfifo", [hook.folder.file("silence")])
    let cluster = try BackgroundProcess(
      "sh",
      [
        "-c", "exec 3<>\"$1\"; exec kcat -P -b none -t warm -X test.mock.num.brokers=1 -d mock <&3", "sh", hook.folder.file("silence"),
      ])
    try waitUntil("the mock cluster listens") { try cluster.printed().contains("bootstrap.servers=127.0.0.1:") }
    let address = try #require(try cluster.printed().firstMatch(of: /bootstrap\.servers=(127\.0\.0\.1:[0-9]+)/)).1
    return (cluster, String(address))
  }

  /// Breaks when an alarm is not in the topic, whole, with key and headers.
  @Test func kafkaConsumersGetTheAlarm() throws {
    let hook = try HookCase("kafka")
    let (cluster, address) = try kafka(hook)
    try hook.configure("BROKERS=\(address)")
    let outcome = try hook.call(text: Self.text)
    #expect(outcome.status == 0, "\(outcome)")
    let real = try hook.sendForReal(Self.text)
    #expect(real.status == 0, "\(real)")
    let consumed = try run(
      "timeout", ["30", "kcat", "-C", "-q", "-b", address, "-t", "msgspool", "-e", "-o", "beginning", "-f", "%k %h %s\\n"])
    let lines = consumed.lines.map { $0.split(separator: " ", maxSplits: 2) }
    #expect(lines.map { String($0[0]) }.sorted() == ["alice", "bob", "bob"])
    let first = try #require(lines.first { $0[1] == "id=\(HookCase.alarm),kind=arrived" })
    #expect(text(of: try alarm(first[2])) == Self.text)
    withExtendedLifetime(cluster) {}
  }

  /// Breaks when an answer of kcat is taken for another.
  @Test(
    arguments: [
      ("% ERROR: Local: Broker transport failure", 1, 75), ("% Delivery failed for message: Local: Message timed out", 1, 75),
      ("% ERROR: Local: Authentication failure: SASL authentication error", 1, 78), ("Broker: Topic authorization failed", 1, 78),
      ("Broker: Message size too large", 1, 65), ("", 0, 0),
    ] as [(String, Int32, Int32)])
  func kafkaTrouble(complaint: String, answered: Int32, status: Int32) throws {
    let hook = try HookCase("kafka")
    try hook.install("bin/kcat", "printf '%s\\n' \"$@\" > '\(hook.folder.file("words"))'\necho '\(complaint)' >&2\nexit \(answered)")
    try hook.folder.write("properties", "sasl.password=secret\n")
    try hook.configure("BROKERS=a:1,b:2 PROPERTIES=\(hook.folder.file("properties")) PATH=\(hook.folder.file("bin")):$PATH")
    #expect(try hook.call().status == status)
    let words = try hook.folder.read("words")
    #expect(words.contains("-b\na:1,b:2\n-t\nmsgspool\n-k\nbob\n-H\nid=\(HookCase.alarm)\n") && words.contains("acks=all"))
    #expect(!words.contains("secret"))
  }

  @Test func kafkaThatIsNotThere() throws {
    try require("kcat", from: "kcat")
    #expect(try HookCase("kafka", settings: "BROKERS=127.0.0.1:1").call().status == 75)
    #expect(try HookCase("kafka", settings: "BROKERS=127.0.0.1:1 PROPERTIES=/dev/null/none").call().status == 78)
  }
}

/// A port of the loopback interface that nobody listens on.
func freePort() throws -> Int {
  let found = try run(
    "/usr/bin/python3", ["-c", "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"])
  return try #require(Int(found.output.trimmingCharacters(in: .whitespacesAndNewlines)))
}
