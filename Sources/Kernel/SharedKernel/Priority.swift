/// How urgent a message is; urgent alarms pass quiet hours and digests.
package enum Priority: String, CaseIterable, Sendable {
  case normal, urgent
}
