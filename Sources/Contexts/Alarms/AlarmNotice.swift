package import SharedKernel

/// An event of the daemon for its log.
package enum AlarmNotice: Hashable, Sendable {
  /// A line that was written to the history.
  case recorded(HistoryLine)
  /// An alarm for which there is no hook at all.
  case withoutHook(Alarm)
  /// Nothing is started with the hook before `until`, a time of the dispatcher's clock.
  case paused(HookName, until: Timestamp, because: String)
  /// A hook that was paused has done its work again.
  case resumed(HookName)
}
