package import MessageFormat
package import SharedKernel
internal import SystemCalls

/// A key that `config` may hold, with the value that is in force without it.
package struct Setting: Hashable, Sendable {
  package let key: String
  package let standard: String
  /// One phrase for the manual.
  package let help: String
}

extension Setting {
  package static let price = Setting(key: "price", standard: "1", help: "what a message costs, where no tariff is set")
  package static let currency = Setting(key: "currency", standard: "credit", help: "what amounts are counted in")
  package static let decimals = Setting(key: "decimals", standard: "0", help: "digits that amounts have behind the point, 0 to 4")
  package static let openingCredit = Setting(key: "opening-credit", standard: "100", help: "what a new account starts with")
  package static let accounts = Setting(
    key: "accounts", standard: "open", help: "whether a first send opens an account (open) or only 'msg-pay open' does (listed)")
  package static let lowCredit = Setting(key: "low-credit", standard: "0", help: "the balance below which a sender is warned")
  package static let tariff = Setting(
    key: "tariff", standard: "", help: "prices by length: name:bytes:price, ...; Hangul counts two bytes, ASCII one")
  package static let maximumSize = Setting(key: "max-size", standard: "1048576", help: "the largest text in bytes")
  package static let openMailboxes = Setting(key: "open-mailboxes", standard: "yes", help: "whether a send may make a new mailbox")
  package static let quotaMessages = Setting(
    key: "quota-messages", standard: "0", help: "messages that a mailbox may hold; 0 for any number")
  package static let quotaBytes = Setting(key: "quota-bytes", standard: "0", help: "bytes that a mailbox may hold; 0 for any number")
  package static let spoolQuotaMessages = Setting(
    key: "spool-quota-messages", standard: "0", help: "messages that all mailboxes together may hold; 0 for any number")
  package static let spoolQuotaBytes = Setting(
    key: "spool-quota-bytes", standard: "0", help: "bytes that all mailboxes together may hold; 0 for any number")
  package static let shared = Setting(key: "shared", standard: "no", help: "whether the group may use the spool too")
  package static let hosts = Setting(
    key: "hosts", standard: "one", help: "whether commands on one host or on many write to the spool; on a network file system only many")
  package static let ledgerSegmentSize = Setting(
    key: "ledger-segment-size", standard: "67108864", help: "bytes after which the ledger begins a new segment")
  package static let feedLimit = Setting(key: "feed-limit", standard: "100000", help: "events kept for alarms")
  package static let keepSent = Setting(
    key: "keep-sent", standard: "no", help: "whether a copy of what is sent goes to the sender's .Sent folder")
  package static let sentDays = Setting(
    key: "sent-days", standard: "0", help: "days that copies in .Sent are kept, flagged ones longer; 0: without limit")
  package static let failedDays = Setting(
    key: "failed-days", standard: "400", help: "days that messages which were given up are kept; 0: without limit")
  package static let removedDays = Setting(
    key: "removed-days", standard: "400", help: "days that headers of removed messages are kept; 0: without limit")
  package static let queue = Setting(
    key: "queue", standard: "no", help: "whether a send waits for its payment where it must, without being asked to")
  package static let queueLifetime = Setting(
    key: "queue-lifetime", standard: "432000", help: "seconds for which a message that waits for its payment is tried")
  package static let mailCharset = Setting(
    key: "mail-charset", standard: "utf-8", help: "the character set of other programs' mail that names none")
  package static let hooks = Setting(key: "hooks", standard: SpoolFolder.hooks.path, help: "the folder of alarm hooks")
  package static let hookTimeout = Setting(key: "hook-timeout", standard: "30", help: "seconds after which a hook is ended")
  package static let hookSlots = Setting(key: "hook-slots", standard: "4", help: "hooks that run at once")
  package static let hookRate = Setting(key: "hook-rate", standard: "10", help: "hooks started in a second at most")
  package static let receiverRate = Setting(
    key: "receiver-rate", standard: "60", help: "runs of one hook for one receiver in a minute at most, for urgent messages too")
  package static let digest = Setting(key: "digest", standard: "yes", help: "whether many alarms at once are told as one")
  package static let escalate = Setting(
    key: "escalate", standard: "", help: "who is told when a message stays unread: unread 10m: NAME, or unread 10m: hook:HOOK")
  package static let historyDays = Setting(key: "history-days", standard: "90", help: "days that the history of alarms is kept")
  package static let historySize = Setting(
    key: "history-size", standard: "268435456", help: "bytes of history beyond which the oldest days go")

  /// Every key there is, beside those of `GatewayField`; any other is an error with its line.
  package static let all: [Setting] = [
    price, currency, decimals, openingCredit, accounts, lowCredit, tariff, maximumSize, openMailboxes,
    quotaMessages, quotaBytes, spoolQuotaMessages, spoolQuotaBytes, shared, hosts, ledgerSegmentSize, gateway, gatewaySlots, feedLimit,
    keepSent, sentDays, failedDays, removedDays, queue, queueLifetime, mailCharset, hooks, hookTimeout, hookSlots, hookRate, receiverRate,
    digest,
    escalate, historyDays, historySize,
  ]
}

/// How many hosts write to a spool.
package enum Hosts: String, Sendable { case one, many }

/// The spool's `config`: lines of `key = value`; `#` at the start of a line or behind a space begins a comment.
package struct Configuration: Sendable {
  package struct Value: Hashable, Sendable {
    package let text: String
    package let line: Int
  }

  package let path: String
  private let values: [String: Value]
  /// Whether the group may use the spool too.
  package private(set) var isShared = false
  /// What amounts are counted in.
  package private(set) var money = Currency(Setting.currency.standard)
  /// How many hosts write to the spool.
  package private(set) var hosts = Hosts.one
  /// Of mail that names none and is no UTF-8.
  package private(set) var mailCharset: Charset?

  /// Reads `config` in the spool's root; all defaults where there is none.
  package init(reading root: SpoolRoot) throws(Failure) {
    let path = "\(root.path)/\(SpoolFile.configuration)"
    try self.init(parsing: settingsText(of: .configuration, limit: SizeLimit.configuration, in: root) ?? "", path: path)
  }

  package init(parsing text: String, path: String) throws(Failure) {
    self.path = path
    var values: [String: Value] = [:]
    let known = Set(Setting.all.map { $0.key })
    for line in SettingsLine.all(in: text, path: path) {
      let (content, place) = (line.text, line.place)
      guard let equals = content.firstIndex(of: "=") else {
        throw Failure(.configuration, "\(place): '\(content)' is not of the form key = value", remedy: "correct the line")
      }
      let key = String(SettingsLine.trimmed(content[..<equals]))
      guard known.contains(key) || Setting.gatewayName(inKey: key) != nil else {
        let names = known.sorted() + GatewayField.allCases.map { $0.setting(of: "NAME").key }
        throw Failure(.configuration, "\(place): unknown key '\(key)'", remedy: "the keys are \(names.joined(separator: ", "))")
      }
      if let earlier = values[key] {
        throw Failure(.configuration, "\(place): '\(key)' is set a second time", remedy: "it is set in line \(earlier.line) already")
      }
      values[key] = Value(text: String(SettingsLine.trimmed(content[content.index(after: equals)...])), line: line.number)
    }
    self.values = values
    try readOwn()
  }

  /// The value as text, with the default filled in.
  package func text(_ setting: Setting) -> String { values[setting.key]?.text ?? setting.standard }

  /// Whether the file sets the key.
  package func sets(_ setting: Setting) -> Bool { values[setting.key] != nil }

  /// The keys that the file sets, in no order.
  var keys: [String] { Array(values.keys) }

  /// An error about a value, with file and line.
  package func failure(_ setting: Setting, _ complaint: String) -> Failure {
    let place = values[setting.key].map { "\(path):\($0.line)" } ?? path
    return Failure(.configuration, "\(place): \(setting.key) = \(text(setting)): \(complaint)", remedy: setting.help)
  }

  /// A whole number within `range`.
  package func integer(_ setting: Setting, in range: ClosedRange<Int64>) throws(Failure) -> Int64 {
    guard let number = Int64(text(setting)), range.contains(number) else {
      throw failure(setting, "not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// `yes` or `no`.
  package func flag(_ setting: Setting) throws(Failure) -> Bool {
    switch text(setting) {
    case "yes": true
    case "no": false
    default: throw failure(setting, "neither yes nor no")
    }
  }

  /// Whether the first send of a sender opens an account.
  package func opensAccounts() throws(Failure) -> Bool {
    switch text(.accounts) {
    case "open": true
    case "listed": false
    default: throw failure(.accounts, "neither open nor listed")
    }
  }

  /// What every tool needs of it; the rest is checked with it.
  private mutating func readOwn() throws(Failure) {
    isShared = try flag(.shared)
    guard let hosts = Hosts(rawValue: text(.hosts)) else { throw failure(.hosts, "neither one nor many") }
    self.hosts = hosts
    mailCharset = Charset(text(.mailCharset))
    _ = try flag(.openMailboxes)
    _ = try flag(.queue)
    _ = try flag(.keepSent)
    _ = try opensAccounts()
    let decimals = Int(try integer(.decimals, in: 0...Int64(Currency.largestDecimals)))
    let currency = text(.currency)
    if currency.isEmpty { throw failure(.currency, "no name") }
    // Journals quote a name, and begin a comment at a semicolon.
    if currency.contains(where: { $0 == ";" || $0 == "\"" }) || currency.hasControlCharacters {
      throw failure(.currency, "a name without ; and \" and control characters is wanted")
    }
    if mailCharset == nil { throw failure(.mailCharset, "no character set that is known") }
    money = Currency(currency, decimals: decimals)
  }
}
