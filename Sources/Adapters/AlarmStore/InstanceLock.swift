package import SpoolLayout
package import SystemCalls

/// `alarms/pid`: the process that holds the lock on it is the one daemon of the spool; the file holds its process id.
/// The lock goes with the process, however that ends.
package final class InstanceLock {
  private static let name = SpoolFile.daemonLock.name
  /// Asking whether a daemon runs takes the lock for a moment; starting one tries so often, with such a pause between.
  private static let tries = 10
  private static let pause = Duration.milliseconds(20)
  private let file: FileDescriptor

  private init(_ file: consuming FileDescriptor) { self.file = file }

  package enum Attempt {
    case held(InstanceLock)
    /// Another daemon runs; its process id where that can be read.
    case taken(by: Int32?)
  }

  package static func take(root: SpoolRoot, alarms directory: Directory) throws(SystemError) -> Attempt {
    while true {
      let file = try root.openOrCreate(name, in: directory)
      var left = tries
      while try !file.lock(.exclusive, wait: .never) {
        left -= 1
        if left == 0 { return .taken(by: try processID(in: file)) }
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
      try file.write(all: Array("\(CurrentProcess.id)\n".utf8), at: 0)
      return .held(InstanceLock(file))
    }
  }

  /// The process id of the daemon that runs: nil for none, 0 where it cannot be read.
  package static func holder(root: SpoolRoot) throws(SystemError) -> Int32? {
    guard let directory = try root.folderIfPresent(.alarms), try directory.status(of: name) != nil else { return nil }
    let file = try directory.open(name, .read)
    if try file.lock(.shared, wait: .never) { return nil }
    return try processID(in: file) ?? 0
  }

  private static func processID(in file: borrowing FileDescriptor) throws(SystemError) -> Int32? {
    Int32(String(decoding: try file.read(32, at: 0).prefix { $0 != 10 }, as: UTF8.self))
  }
}
