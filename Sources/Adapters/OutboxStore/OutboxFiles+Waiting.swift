internal import DurableFiles
package import Sending
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

// Where sending looks for what is due.
extension OutboxFiles: OutboxSchedule, RetryTimes {
  private var marks: DueMarks { DueMarks(root: root) }

  package func due(at now: Timestamp, limit: Int) throws(Failure) -> [DueMark] {
    do throws(SystemError) { return try marks.due(at: now, limit: limit) } catch { throw Failure(storage: error) }
  }

  package func creditLines() throws(Failure) -> [CreditLine] {
    do throws(SystemError) { return try marks.creditLines() } catch { throw Failure(storage: error) }
  }

  package func waiting(for line: CreditLine) throws(Failure) -> [DueMark] {
    do throws(SystemError) { return try marks.waiting(for: line) } catch { throw Failure(storage: error) }
  }

  package func marks(of id: MessageID, at times: [Timestamp], for line: CreditLine?) throws(Failure) -> [DueMark] {
    do throws(SystemError) { return try marks.marks(of: id, at: times, for: line) } catch { throw Failure(storage: error) }
  }

  package func allMarks() throws(Failure) -> [DueMark] {
    do throws(SystemError) { return try marks.all() } catch { throw Failure(storage: error) }
  }

  package func scheduleNow(_ id: MessageID, at now: Timestamp) throws(Failure) -> DueMark {
    do throws(SystemError) { return try marks.markDue(id, at: now) } catch { throw Failure(storage: error) }
  }

  package func remove(_ mark: DueMark) throws(Failure) {
    do throws(SystemError) { try marks.remove(mark) } catch { throw Failure(storage: error) }
  }

  package func timesOfNextTries() throws(Failure) -> [MessageID: Timestamp] {
    var next: [MessageID: Timestamp] = [:]
    for (id, time) in try onSpool(marks.times()) { next[id] = min(time, next[id] ?? time) }
    return next
  }
}
