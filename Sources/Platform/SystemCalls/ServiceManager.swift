internal import CSystemShims

/// The service manager that started this process, told how it is doing (sd_notify(3), without its library): one datagram of
/// `NAME=value` lines to the socket in NOTIFY_SOCKET.
package final class ServiceManager {
  private let socket: FileDescriptor
  private let address: [UInt8]
  /// The time within which the manager wants a sign of life; nil for no watchdog (sd_watchdog_enabled(3)).
  package let watchdog: Duration?

  /// Nil without a service manager, or where it cannot be reached.
  package init?() {
    guard let name = CurrentProcess.environment("NOTIFY_SOCKET"), name.hasPrefix("/") || name.hasPrefix("@"),
      (2...107).contains(name.utf8.count)
    else { return nil }
    let raw = msg_socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue))
    if raw < 0 { return nil }
    socket = FileDescriptor(owning: raw, path: name)
    // An abstract name begins with a zero byte and has no end of its own.
    address = name.hasPrefix("@") ? [0] + Array(name.utf8.dropFirst()) : Array(name.utf8) + [0]
    let isForUs = CurrentProcess.environment("WATCHDOG_PID").map { $0 == String(CurrentProcess.id) } ?? true
    let interval = CurrentProcess.environment("WATCHDOG_USEC").flatMap { Int64($0) }
    watchdog = isForUs ? interval.flatMap { $0 > 0 ? .microseconds($0) : nil } : nil
  }

  /// Tells the manager, which may be gone: nothing depends on it.
  package func tell(_ lines: String...) {
    let message = Array(lines.joined(separator: "\n").utf8)
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &target.sun_path) { unsafe $0.copyBytes(from: address) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + address.count)
    unsafe withUnsafePointer(to: &target) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = unsafe sendto(socket.raw, message, message.count, Int32(MSG_NOSIGNAL), generic, length)
      }
    }
  }
}
