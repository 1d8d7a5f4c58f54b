// `pay/slots/GATEWAY.N`: a process that holds the lock of one may call the gateway. The locks are the kernel's: a holder that is killed frees its
// slot, and a command that outlives its caller keeps it, because its supervisor does.
//
// The file tells since when its slot is taken. A call that has had its time and a second more no longer counts: its slot stays locked, and
// there is one slot more beside it. So a command that hangs until it is ended takes no slot away from others for longer than that.

internal import Gateways
package import SharedKernel
package import SpoolLayout
package import SystemCalls

package final class GatewaySlots {
  /// Slots beyond the limit that calls which hang can have made.
  private static let mostOverdue = 1000
  /// Open files that a polling caller keeps.
  private static let mostOpen = 128

  private let root: SpoolRoot
  private let gateway: GatewayName
  /// After this a call no longer counts.
  private let longestUse: Duration
  private var open: [Int: SlotFile] = [:]

  package init(root: SpoolRoot, gateway: GatewayName, longestUse: Duration) {
    (self.root, self.gateway, self.longestUse) = (root, gateway, longestUse)
  }

  /// A slot that is free now, of the first `limit`, or of more where calls hang; nil where as many calls are under way already. `highest` is
  /// the number up to which calls may have a slot of a limit that was higher. `isQuick` leaves out whether calls hang.
  package func free(of limit: Int, highest: Int, at now: Timestamp, isQuick: Bool = false) throws(SystemError) -> CallSlot? {
    let folder = try root.ensureFolder(.slots)
    var (number, last, taken) = (1, limit, 0)
    var found: CallSlot?
    while number <= max(last, highest), number <= limit + GatewaySlots.mostOverdue, taken < limit {
      let file = try slotFile(number, in: folder)
      if try !file.descriptor.lock(.exclusive, wait: .never) {
        let hangs = isQuick ? false : try file.isOverdue(at: now, after: longestUse)
        if !hangs { taken += 1 } else if number <= last { last += 1 }
      } else if found == nil, number <= last {
        open[number] = nil
        found = CallSlot(number, file, at: now)
        if highest <= last { break }
      } else {
        try file.descriptor.unlock()
      }
      number += 1
    }
    guard let found, taken < limit else { return nil }
    try found.start(at: now)
    return found
  }

  /// Closes what is open for the next look.
  package func forgetOpenFiles() { open = [:] }

  private func slotFile(_ number: Int, in folder: Directory) throws(SystemError) -> SlotFile {
    if let file = open[number] { return file }
    let file = SlotFile(try root.openOrCreate("\(gateway).\(number)", in: folder))
    if open.count < GatewaySlots.mostOpen { open[number] = file }
    return file
  }
}

/// The open file of a slot.
private final class SlotFile {
  let descriptor: FileDescriptor
  init(_ descriptor: consuming FileDescriptor) { self.descriptor = descriptor }

  /// Bytes of the file: a time in microseconds, with zeros before it.
  static let length = 20

  func write(_ time: Timestamp) throws(SystemError) {
    let digits = String(time.microseconds)
    let zeros = String(repeating: "0", count: max(0, SlotFile.length - 1 - digits.utf8.count))
    try descriptor.write(all: Array("\(zeros)\(digits)\n".utf8), at: 0)
  }

  /// Whether it was taken that long ago. What cannot be read was taken just now.
  func isOverdue(at now: Timestamp, after time: Duration) throws(SystemError) -> Bool {
    let text = String(decoding: try descriptor.read(SlotFile.length, at: 0), as: UTF8.self)
    guard text.hasSuffix("\n"), let taken = Int64(text.dropLast()) else { return false }
    return now.since(Timestamp(microseconds: taken)) > time
  }
}

/// A slot that this process has.
package final class CallSlot: GatewaySlot {
  /// From 1. The lowest that is free is taken, so that all below it are taken.
  package let number: Int
  /// Since when.
  package private(set) var taken: Deadline = .now
  private var file: SlotFile?

  fileprivate init(_ number: Int, _ file: SlotFile, at now: Timestamp) { (self.number, self.file) = (number, file) }

  /// A call is about to begin: its time counts from now.
  package func start(at now: Timestamp) throws(SystemError) {
    taken = .now
    try file?.write(now)
  }

  package func release() { file = nil }
}
