import SpoolLayout
import GatewayClient
import Gateways
import GatewayClient
import Gateways
import Ledger
import SharedKernel
import Synchronization
import SystemCalls
import TestSupport
import Testing

/// A clock that the test moves.
final class HandClock: Clock {
  private let time: Mutex<Int64>
  init(_ time: Timestamp = Timestamp(seconds: 1_763_800_000)) { self.time = Mutex(time.microseconds) }
  func now() -> Timestamp { Timestamp(microseconds: time.withLock { $0 }) }
  func move(milliseconds: Int64) { time.withLock { $0 += milliseconds * 1000 } }
}

/// What was announced to a person.
final class Announcements: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// A folder with the files of one gateway.
struct GatewayFolder {
  let folder = TemporaryFolder()
  let clock = HandClock()
  let announcements = Announcements()
  let name: GatewayName

  init() throws { name = try #require(GatewayName("bank")) }

  func root() throws -> SpoolRoot { try SpoolRoot(opening: folder.path) }

  func health(slots: Int = 10) throws -> GatewayHealthFile {
    GatewayHealthFile(
      root: try root(), gateway: name, slots: slots, clock: clock,
      announce: announcements.add)
  }

  func slots(longestUse: Duration = .milliseconds(1610)) throws -> GatewaySlots {
    GatewaySlots(root: try root(), gateway: name, longestUse: longestUse)
  }

  func places() throws -> WaitingPlaces { WaitingPlaces(root: try root(), gateway: name) }

  /// Calls of a shell script, which stands in a file of its own.
  func calls(_ script: String, patience: Duration = .seconds(30), lifetime: Duration = .seconds(30)) throws -> GatewayCalls {
    try folder.writeProgram("gateway.sh", "#!/bin/sh\n\(script)\n")
    return GatewayCalls(
      root: try root(), gateway: name,
      command: try #require(GatewayCommand("exec \(folder.file("gateway.sh")) first  second")),
      limits: GatewayCalls.Limits(patience: patience, lifetime: lifetime))
  }

  func subject(_ key: String = "KEY") throws -> GatewayRequest {
    GatewayRequest(
      key: key, amount: try #require(Amount(units: 3)), currency: "credit", account: try #require(Name("alice")))
  }

  /// Asks until something is there; fails the test when it does not come.
  func eventually<Value>(_ look: () throws -> Value?) throws -> Value {
    let deadline = Deadline.after(.seconds(30))
    while !deadline.hasPassed {
      if let value = try look() { return value }
      sleep(for: .milliseconds(2))
    }
    throw HarnessFailure("it never came")
  }
}
