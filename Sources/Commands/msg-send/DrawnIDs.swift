import CommandLineTool
import SharedKernel
import SpoolLayout
import SystemCalls

/// Draws ids that ascend, also within a millisecond: messages of a batch keep their order wherever they are sorted by id.
final class DrawnIDs {
  private var last: (millisecond: Int64, number: UInt64) = (0, 0)

  func next(for sender: Name, at time: Timestamp) throws(Failure) -> MessageID {
    let millisecond = time.microseconds / 1000
    let random: [UInt8]
    do throws(SystemError) { random = try randomBytes(6) } catch { throw Failure(storage: error) }
    var number = random.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if millisecond == last.millisecond {
      // A step of up to 2^24: still unpredictable, and room for a million steps.
      number = last.number + 1 + number & 0xff_ffff
    } else {
      number &= 0x7fff_ffff_ffff
    }
    last = (millisecond, number)
    return MessageID(sender: sender, at: time, random: (0..<6).map { UInt8(truncatingIfNeeded: number >> (40 - 8 * UInt64($0))) })
  }
}
