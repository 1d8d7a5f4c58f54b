import AlarmStore
import CommandLineTool
import SharedKernel
import SpoolLayout
import SystemCalls

/// `--standby`: a daemon that waits as long as another one serves the spool, on this host or another.
///
/// It asks for the lock every two seconds: the lock is given back when its holder ends, however it does, and by the file system when the
/// holder's host is gone. The settings are those of the moment at which it takes over.
struct StandbyDaemon {
  private static let interval = Duration.seconds(2)

  private let tool: Tool
  private let path: String
  private let supervision = Supervision()

  init(_ tool: Tool, spool path: String) { (self.tool, self.path) = (tool, path) }

  func run() throws(Failure) -> ExitStatus {
    // What is wrong with the settings is said at the start, not at night.
    let waiting = try makeDaemon(tool, spool: path)
    let signals = try onSpool(SignalDescriptor())
    var known: DaemonProcess?
    while true {
      supervision.signOfLife()
      switch try waiting.takeLock(tries: 1) {
      case .held(let lock):
        if known != nil { tool.diagnostics.note("\(path): taking over") }
        return try makeDaemon(tool, spool: path).serve(lock)
      case .taken(let other):
        if other != known { tell(of: other) }
        known = other
      }
      let patience = min(StandbyDaemon.interval, supervision.patience ?? StandbyDaemon.interval)
      _ = try onSpool(waitForAny([signals.descriptor], for: patience))
      // Settings are read when it takes over.
      while let signal = try onSpool(signals.next()) { if signal != SignalDescriptor.hangUp { return .done } }
    }
  }

  private func tell(of other: DaemonProcess) {
    tool.diagnostics.note("\(path): standing by; msg-alarmd serves this spool (\(other))")
    supervision.standingBy(for: "\(other)")
  }
}
