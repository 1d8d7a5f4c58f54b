// The order of a mailbox is that of delivery: numbers that a reader has seen stay while messages arrive. A reader orders by the times in
// the names, so a message must have its name before a later one gets a later time:
//
//   step                                                         a crash after it leaves
//   lock order/NAME, read the latest time                        nothing: the lock goes with the process
//   write a later time: now, or one microsecond after the        a time that no message has
//     latest, where the clock is behind it
//   rename the message into new/ under that time                 a message, and the time that it has
//   unlock
//
// Nothing is synced. After a power cut the time may be an older one; a clock that went on is later than either. Deliveries of other
// programs take no part in this: they stand where the time in their names says.

internal import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// Hands out the times of deliveries, each once in a mailbox and ascending, whatever the clocks of processes and hosts say.
struct DeliveryOrder {
  /// A lock is held for one write and one rename. Where it is held for longer its holder is stopped, and a paid message is not held up for
  /// that: it is delivered as if the holder had finished.
  private static let patience = Duration.seconds(2)

  let root: SpoolRoot

  /// Calls `body` with the time for one delivery, and keeps other processes from delivering to that mailbox meanwhile.
  func next<Value>(
    in mailbox: Name, now: Timestamp, _ body: (Timestamp) throws(SystemError) -> Value
  ) throws(SystemError) -> Value {
    let file = try root.openOrCreate(mailbox.text, in: root.ensureCacheFolder(.order))
    _ = try file.lock(.exclusive, wait: .until(.after(DeliveryOrder.patience)))
    let time = DeliveryOrder.time(in: try file.read(DeliveryOrder.width + 2, at: 0)).map { max(now, $0.adding(.microseconds(1))) } ?? now
    try file.write(all: Array("\(padded(Int(time.microseconds), DeliveryOrder.width))\n".utf8), at: 0)
    return try body(time)
  }

  /// Digits of microseconds since the epoch.
  private static let width = 18

  /// The time that a whole file tells; nil for anything else.
  private static func time(in content: [UInt8]) -> Timestamp? {
    guard content.count == width + 1, content.last == UInt8(ascii: "\n") else { return nil }
    return Int64(String(decoding: content.dropLast(), as: UTF8.self)).map { Timestamp(microseconds: $0) }
  }
}
