package import SpoolLayout
package import SystemCalls

/// The daemon of a spool, as its lock file names it.
package struct DaemonProcess: Hashable, Sendable, CustomStringConvertible {
  /// Nil where it cannot be read.
  package let id: Int32?
  /// The name of its host; nil where it cannot be read.
  package let host: String?

  package init(id: Int32?, host: String?) { (self.id, self.host) = (id, host) }

  package var description: String {
    (id.map { "process \($0)" } ?? "an unknown process") + (host.map { " on \($0)" } ?? "")
  }
}

/// `alarms/pid`: the process that holds the lock on it is the one daemon of the spool; the file holds its process id and, in a second line,
/// the name of its host. The lock goes with the process, however that ends.
package final class InstanceLock {
  private static let name = SpoolFile.daemonLock.name
  /// Asking whether a daemon runs takes the lock for a moment; starting one tries so often, with such a pause between.
  package static let tries = 10
  private static let pause = Duration.milliseconds(20)
  private let file: FileDescriptor

  private init(_ file: consuming FileDescriptor) { self.file = file }

  package enum Attempt {
    case held(InstanceLock)
    /// Another daemon runs.
    case taken(by: DaemonProcess)
  }

  package static func take(root: SpoolRoot, alarms directory: Directory, tries: Int = tries) throws(SystemError) -> Attempt {
    while true {
      let file = try root.openOrCreate(name, in: directory)
      var left = tries
      while try !file.lock(.exclusive, wait: .never) {
        left -= 1
        if left == 0 { return .taken(by: try process(in: file)) }
        sleep(for: pause)
      }
      let status = try file.status()
      // Another daemon may have replaced the file meanwhile; a lock on one that has lost its name locks nothing.
      guard try directory.status(of: name)?.identity == status.identity else { continue }
      // A file with another name is not ours alone, and may be outside the spool: writing would change it there.
      if status.linkCount > 1 {
        try directory.remove(name)
        continue
      }
      try file.truncate(to: 0)
      try file.write(all: Array("\(CurrentProcess.id)\n\(CurrentProcess.hostName)\n".utf8), at: 0)
      return .held(InstanceLock(file))
    }
  }

  /// The daemon that runs; nil for none.
  package static func holder(root: SpoolRoot) throws(SystemError) -> DaemonProcess? {
    guard let directory = try root.folderIfPresent(.alarms), try directory.status(of: name) != nil else { return nil }
    let file = try directory.open(name, .read)
    if try file.lock(.shared, wait: .never) { return nil }
    return try process(in: file)
  }

  private static func process(in file: borrowing FileDescriptor) throws(SystemError) -> DaemonProcess {
    let lines = String(decoding: try file.read(SizeLimit.line, at: 0), as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let host = lines.dropFirst().first.map(String.init)
    return DaemonProcess(id: lines.first.flatMap { Int32($0) }, host: host == "" ? nil : host)
  }
}
