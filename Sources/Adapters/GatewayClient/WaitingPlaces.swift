// `pay/slots/GATEWAY.wN`: a caller that waits for a slot under the number N holds its lock. `WaitingLine` has the order. Each caller waits
// for the lock of the one before it, which the kernel gives back when that one has its slot, gives up or is killed. A number in the line
// whose lock is free is of a caller that is gone: the next one takes it out.

internal import Gateways
package import SharedKernel
package import SpoolLayout
package import SystemCalls

package struct WaitingPlaces {
  private let root: SpoolRoot
  private let gateway: GatewayName

  package init(root: SpoolRoot, gateway: GatewayName) { (self.root, self.gateway) = (root, gateway) }

  /// A number of this process, until it is dropped.
  package final class HeldPlace {
    package let number: Int
    private let file: FileDescriptor
    fileprivate init(_ number: Int, _ file: consuming FileDescriptor) {
      self.number = number
      self.file = file
    }
  }

  /// A free place; nil where all are taken.
  package func take(besides taken: [Int]) throws(SystemError) -> HeldPlace? {
    guard taken.count < WaitingLine.capacity else { return nil }
    for number in 1...WaitingLine.capacity where !taken.contains(number) {
      if let file = try lock(number, wait: .never) { return HeldPlace(number, file) }
    }
    return nil
  }

  /// Waits until that one has its slot or is gone, and has its number then; nil where the deadline came first.
  package func hold(_ number: Int, until deadline: Deadline) throws(SystemError) -> HeldPlace? {
    switch try lock(number, wait: .until(deadline)) {
    case .some(let file): HeldPlace(number, file)
    case .none: nil
    }
  }

  private func lock(_ number: Int, wait: LockWait) throws(SystemError) -> FileDescriptor? {
    let file = try root.openOrCreate("\(gateway).w\(number)", in: root.ensureFolder(.slots))
    guard try file.lock(.exclusive, wait: wait) else { return nil }
    return file
  }
}
