internal import CSystemShims

/// Signals as something to wait for in a poll loop (signalfd(2)); they no longer interrupt anything.
package struct SignalDescriptor: ~Copyable {
  private let file: FileDescriptor

  /// The signal that asks to read settings again; the others ask to end.
  package static let hangUp = SIGHUP

  /// Takes SIGTERM, SIGINT and SIGHUP.
  package init() throws(SystemError) {
    let numbers = [SIGTERM, SIGINT, SIGHUP]
    let raw = try check("signalfd", "signals") { unsafe msg_signal_descriptor(numbers, numbers.count) }
    file = FileDescriptor(owning: raw, path: "signals")
  }

  package var descriptor: Int32 { file.raw }

  /// The next signal that has come, nil when there is none.
  package borrowing func next() throws(SystemError) -> Int32? {
    let number = try check("read", "signals") { msg_next_signal(file.raw) }
    return number == 0 ? nil : number
  }
}
