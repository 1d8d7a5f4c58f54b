/// A message of a storm. Its tag is the last word of its text, and its key where it has one.
struct PlannedMessage: Sendable, Hashable {
  let tag: String
  let sender: String
  /// Each named once. A copy costs 1.
  let recipients: [String]
  let isKeyed: Bool
  var priority = "normal"

  var text: String { "storm \(tag)" }
  var price: Int { recipients.count }
}
