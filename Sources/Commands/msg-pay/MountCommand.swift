import CommandLineTool
import MountTesting
import SharedKernel
import SpoolLayout
import SystemCalls

/// `verify --mounts DIR`: whether the spool may be written on the network file system it is on.
extension PayCommand {
  func verifyMounts(_ path: String) throws(Failure) -> ExitStatus {
    let root = try Spool.rootToTest(at: try spoolLocation(option: arguments.value(CommonOptions.spool)))
    let other = try Spool.rootToTest(at: path)
    let networked = [root, other].filter { $0.directory.isRemoteFileSystem }
    if networked.isEmpty {
      tool.diagnostics.note("\(root.path): on a local file system, which needs no test")
      return .done
    }
    var kinds: Set<MountKind> = []
    for root in networked { kinds.insert(try root.mountKind()) }
    for kind in kinds { if let option = kind.optionWithLocalLocks { throw Failure(localLocks: option, kind, root.path) } }
    try refuseOneMount(root, other)
    let faults = try MountTest.faults(between: root, and: other)
    for fault in faults { try tool.output.writeLine(TerminalText.visible(fault)) }
    do throws(SystemError) {
      var proofs = try MountProofs.read(in: root)
      if faults.isEmpty {
        proofs.record(kinds, at: Timestamp(sinceEpoch: wallClock()))
        try proofs.write(in: root)
      } else if kinds.contains(where: proofs.contains) {
        proofs.withdraw(kinds)
        try proofs.write(in: root)
      }
    } catch { throw Failure(storage: error) }
    if faults.isEmpty {
      if kinds.contains(where: { $0.isOfFUSE }) {
        tool.diagnostics.note("what the FUSE program was told is not visible to others: repeat this test when that changes")
      }
      return .done
    }
    let remedies = Set(kinds.map { $0.safeOptions }).sorted().joined(separator: "; or ")
    tool.diagnostics.note("\(root.path): not safe for several hosts: \(remedies)")
    return ExitStatus(.badData)
  }

  /// One mount, or two places of it, would be tested against its own caches.
  private func refuseOneMount(_ root: SpoolRoot, _ other: SpoolRoot) throws(Failure) {
    let devices: [UInt64]
    do throws(SystemError) {
      devices = [try root.directory.descriptor.status().identity.device, try other.directory.descriptor.status().identity.device]
    } catch { throw Failure(storage: error) }
    if devices[0] != devices[1] { return }
    throw Failure(
      .usage, "\(other.path): the same mount as \(root.path)",
      remedy: "mount the file system a second time (NFS: with 'nosharecache') and name the spool's folder there")
  }
}
