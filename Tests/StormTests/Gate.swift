internal import Foundation
internal import Synchronization

/// Keeps new commands back while the disk is being mounted.
final class Gate: Sendable {
  private struct State {
    var inside = 0
    var isClosed = false
  }
  private let state = Mutex(State())

  var isClosed: Bool { state.withLock { $0.isClosed } }

  func pass<Value>(_ body: () throws -> Value) rethrows -> Value {
    while !state.withLock({ state in
      if !state.isClosed { state.inside += 1 }
      return !state.isClosed
    }) { usleep(1_000) }
    defer { state.withLock { $0.inside -= 1 } }
    return try body()
  }

  /// Returns when nobody is inside any more.
  func close() {
    state.withLock { $0.isClosed = true }
    while state.withLock({ $0.inside }) > 0 { usleep(1_000) }
  }

  func open() { state.withLock { $0.isClosed = false } }
}
