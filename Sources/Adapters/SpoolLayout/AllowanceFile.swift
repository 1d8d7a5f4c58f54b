internal import DurableFiles
package import SharedKernel
package import SystemCalls

/// A line of the spool's `allowances`: `ACCOUNT AMOUNT every day|week|month [rollover no|yes|MAX]`. The numbers are as they were written.
package struct AllowanceLine: Hashable, Sendable {
  package let account: Name
  package let amount: String
  package let period: String
  /// `no`, `yes` or an amount.
  package let rollover: String
  /// File and line.
  package let place: String

  package static let form = "ACCOUNT AMOUNT every day|week|month [rollover no|yes|MAX]"
  package static let periods = ["day", "week", "month"]

  package init(account: Name, amount: String, period: String, rollover: String, place: String = "") {
    (self.account, self.amount, self.period, self.rollover, self.place) = (account, amount, period, rollover, place)
  }

  package var text: String { "\(account) \(amount) every \(period) rollover \(rollover)" }

  /// Empty where the file is missing. A malformed line is 78.
  package static func read(in root: SpoolRoot) throws(Failure) -> [AllowanceLine] {
    guard let text = try settingsText(of: .allowances, limit: SizeLimit.aliases, in: root) else { return [] }
    return try parse(text, path: "\(root.path)/\(SpoolFile.allowances)")
  }

  static func parse(_ text: String, path: String) throws(Failure) -> [AllowanceLine] {
    var found: [AllowanceLine] = []
    for line in SettingsLine.all(in: text, path: path) {
      let (words, place) = (line.words, line.place)
      guard words.count == 4 || words.count == 6 && words[4] == "rollover", let name = Name(words[0]), words[2] == "every",
        periods.contains(words[3])
      else { throw Failure(.configuration, "\(place): not of the form '\(form)'", remedy: "correct the line") }
      if let earlier = found.first(where: { $0.account == name }) {
        throw Failure(.configuration, "\(place): '\(name)' has an allowance already", remedy: "see \(earlier.place)")
      }
      found.append(
        AllowanceLine(account: name, amount: words[1], period: words[3], rollover: words.count == 6 ? words[5] : "no", place: place))
    }
    return found
  }

  /// Sets the allowance of an account, or takes it away, durably. Other lines stay as they are, byte by byte. The file is replaced under a lock on
  /// `format`, which every spool has, so that two commands that change it at once do not undo each other's change.
  package static func set(_ line: AllowanceLine?, of account: Name, in root: SpoolRoot, wait: LockWait) throws(Failure) {
    let isDone: Bool
    do throws(SystemError) { isDone = try replace(line, of: account, in: root, wait) } catch { throw Failure(storage: error) }
    if !isDone {
      throw Failure(.temporary, "\(root.path)/\(SpoolFile.allowances): another command is changing it", remedy: "try again")
    }
  }

  /// False where another process holds the lock for too long.
  private static func replace(
    _ line: AllowanceLine?, of account: Name, in root: SpoolRoot, _ wait: LockWait
  ) throws(SystemError) -> Bool {
    let lock = try root.directory.open(SpoolFile.format.path, .readWrite)
    guard try lock.lock(.exclusive, wait: wait) else { return false }
    let bytes = try root.contents(of: .allowances, limit: SizeLimit.aliases) ?? []
    var kept = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).filter {
      SettingsLine.all(in: String(decoding: $0, as: UTF8.self), path: "").first?.words[0] != account.text
    }
    if kept.last?.isEmpty == true { kept.removeLast() }
    let file = try root.temporaryFile("allowances")
    try file.write((kept + (line.map { [ArraySlice($0.text.utf8)] } ?? [])).flatMap { $0 + [UInt8(ascii: "\n")] })
    try file.publish(in: root.directory, replacing: SpoolFile.allowances.path)
    return true
  }
}
