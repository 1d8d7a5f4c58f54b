import Foundation
import TestSupport
import Testing

/// The misbehaving payment provider `provider.py` on the loopback interface, and a configuration that leads to it.
final class HTTPProvider: Sendable {
  @TaskLocal static var current: HTTPProvider?

  private let folder = TemporaryFolder()
  private let process: String
  private let port: String
  var gateway: GatewayCall { GatewayCall(script: "http", environment: ["MSG_HTTP_CONF": folder.file("http.conf")]) }

  init() throws {
    let script = """
      cd "$1"
      # It ends when its standard input does, and that is with the tests.
      tail --pid="$2" -f /dev/null | python3 "$3" port > log 2>&1 & echo $!
      for i in $(seq 3000); do [ -e port ] && exit 0; kill -0 $! || break; sleep 0.01; done
      cat log >&2
      exit 1
      """
    let test = "\(ProcessInfo.processInfo.processIdentifier)"
    let started = try run(
      "sh", ["-c", script, "sh", folder.path, test, "\(Repository.path)/Tests/ExampleTests/GatewayScriptTests/provider.py"])
    guard started.status == 0 else { throw HarnessFailure("no provider (Debian's python3): \(started)") }
    process = started.output.trimmingCharacters(in: .newlines)
    port = try folder.read("port")
    try folder.write("http.headers", "Authorization: Bearer secret\n")
    try folder.write("http.conf", "# the provider\nurl=http://127.0.0.1:\(port)/v1/charges\nheaders=http.headers\nmax-time=1\n")
  }

  func stop() throws { _ = try run("kill", [process]) }

  /// The gateway with another configuration than that to the provider.
  func gateway(configuration: String) throws -> GatewayCall {
    let name = "conf-\(UUID().uuidString)"
    try folder.write(name, configuration.replacingOccurrences(of: "PORT", with: port))
    return GatewayCall(script: "http", environment: ["MSG_HTTP_CONF": folder.file(name)])
  }

  /// What the provider took and gave back for a key, in order.
  func moves(of key: String) throws -> [Int] {
    let outcome = try run("curl", ["-q", "-sS", "http://127.0.0.1:\(port)/moves"])
    guard outcome.status == 0 else { throw HarnessFailure("\(outcome)") }
    return outcome.lines.filter { $0.hasPrefix("\(key) ") }.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
  }
}

/// Gives a suite one provider for all its tests.
struct WithHTTPProvider: SuiteTrait, TestScoping {
  @concurrent func provideScope(for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void)
    async throws
  {
    let provider = try HTTPProvider()
    try await HTTPProvider.$current.withValue(provider) { try await function() }
    try provider.stop()
  }
}
