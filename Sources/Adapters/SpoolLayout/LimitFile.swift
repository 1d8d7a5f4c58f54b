package import SharedKernel

/// A line of the spool's `limits`: `account|sender NAME N messages|credit per hour|day|month`. Each word was checked but the number.
package struct LimitLine: Hashable, Sendable {
  package let isOfSender: Bool
  package let name: Name
  package let number: String
  package let unit: String
  package let period: String
  /// File and line.
  package let place: String

  package static let form = "account|sender NAME N messages|credit per hour|day|month"

  /// Empty where the file is missing. A malformed line is 78.
  package static func read(in root: SpoolRoot) throws(Failure) -> [LimitLine] {
    guard let text = try settingsText(of: .limits, limit: SizeLimit.aliases, in: root) else { return [] }
    return try parse(text, path: "\(root.path)/\(SpoolFile.limits)")
  }

  static func parse(_ text: String, path: String) throws(Failure) -> [LimitLine] {
    var limits: [LimitLine] = []
    for line in SettingsLine.all(in: text, path: path) {
      let words = line.words
      guard words.count == 6, ["account", "sender"].contains(words[0]), let name = Name(words[1]),
        ["messages", "credit"].contains(words[3]), words[4] == "per", ["hour", "day", "month"].contains(words[5])
      else { throw Failure(.configuration, "\(line.place): not of the form '\(form)'", remedy: "correct the line") }
      limits.append(
        LimitLine(
          isOfSender: words[0] == "sender", name: name, number: words[2], unit: words[3], period: words[5], place: line.place))
    }
    return limits
  }
}
