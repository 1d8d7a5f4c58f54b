internal import MessageFormat
internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

extension Directory {
  /// Moves a message file from here to `failed/`. One of an earlier message of the same id makes room: what it says of that message is
  /// still asked for, by the name that follows from its acceptance.
  func fileAsFailed(_ name: String, in failed: Directory) throws(SystemError) {
    do throws(SystemError) { return try rename(name, to: failed, exclusively: name) } catch {
      if error.code != .exists { throw error }
    }
    if let earlier = try failed.envelope(of: name) {
      try failed.rename(name, to: failed, replacing: SpoolFile.earlierName(of: name, accepted: earlier.date))
    }
    try rename(name, to: failed, replacing: name)
  }
}
