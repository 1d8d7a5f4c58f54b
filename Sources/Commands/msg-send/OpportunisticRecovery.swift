import Assembly
import Sending
import SharedKernel
import SystemCalls

/// How many waiting messages of others an ordinary send tries first, and how long it keeps starting with another one: a slow gateway must
/// not make it wait for one call after the other.
private let dueBound = 4
private let dueTime = Duration.milliseconds(100)

/// What every ordinary send does for others before it does its own: it goes on with what was left unfinished, and tries a little of
/// what is due.
func recoverOpportunistically(_ recovery: Recovery) -> [Failure] {
  let end = Deadline.after(dueTime)
  return recovery.recoverOpportunistically(leftovers: SpoolServices.recoveryBound, due: dueBound) { Deadline.now < end }
}
