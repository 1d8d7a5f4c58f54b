package import SharedKernel

/// A folder of the spool. Nothing else says where in a spool anything is.
package struct SpoolFolder: Hashable, Sendable, CustomStringConvertible {
  /// Relative to the spool's root.
  package let path: String

  private init(_ path: String) { self.path = path }

  package var description: String { path }

  /// What it is called in the folder above it.
  package var name: String { String(path.split(separator: "/").last ?? "") }

  /// The folder it is in; nil for the spool's root.
  package var parent: SpoolFolder? { path.lastIndex(of: "/").map { SpoolFolder(String(path[..<$0])) } }

  /// A folder inside.
  package func folder(_ name: String) -> SpoolFolder { SpoolFolder("\(path)/\(name)") }

  /// The path of a file inside, relative to the spool's root.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// One of the three folders of a Maildir.
  package func part(_ part: MaildirPart) -> SpoolFolder { folder(part.rawValue) }
}

// MARK: messages

extension SpoolFolder {
  /// Files that are being written and have no public name yet.
  package static let temporary = SpoolFolder("tmp")
  /// Messages that are worked on.
  package static let outbox = SpoolFolder("outbox")
  /// Messages that wait.
  package static let deferred = SpoolFolder("deferred/messages")
  /// Marks of messages that wait, by the time at which they are due.
  package static let dueTimes = SpoolFolder("deferred/at")
  /// Marks of messages that wait, by the account that has no credit for them.
  package static let dueCredit = SpoolFolder("deferred/credit")
  /// Messages that will not be delivered and are being given back.
  package static let voiding = SpoolFolder("voiding")
  /// Messages that were given up.
  package static let failed = SpoolFolder("failed")
  /// The headers of messages that their receivers removed.
  package static let removed = SpoolFolder("removed")
  /// What was damaged or foreign, kept for a person to look at.
  package static let bad = SpoolFolder("bad")
  /// The mailboxes, each by the name of its user.
  package static let mailboxes = SpoolFolder("mailboxes")
  /// The time of the latest delivery into each mailbox, by the name of its user.
  package static let order = SpoolFolder("order")
  /// What is known of large mailboxes, so that they need not be listed again.
  package static let views = SpoolFolder("views")

  /// The Maildir of a user.
  package static func mailbox(_ user: Name) -> SpoolFolder { mailboxes.folder("\(user)") }

  /// The Maildir of what a user sent, in the user's own one.
  package static func sent(by user: Name) -> SpoolFolder { mailbox(user).folder(".Sent") }
}

// MARK: payments

extension SpoolFolder {
  /// All that is about payments.
  package static let payments = SpoolFolder("pay")
  /// The segments of the ledger.
  package static let ledger = SpoolFolder("pay/ledger")
  /// Indexes of the ledger, a folder for each boot.
  package static let ledgerCache = SpoolFolder("pay/cache")
  /// What is known of the health of each gateway.
  package static let breakers = SpoolFolder("pay/breaker")
  /// Locks of the callers of a gateway and of those that wait for a slot.
  package static let slots = SpoolFolder("pay/slots")
  /// Answers of gateways.
  package static let attempts = SpoolFolder("pay/attempt")
  /// Marks of refunds that a gateway has to confirm.
  package static let refunds = SpoolFolder("pay/refunds")
}

// MARK: events and alarms

extension SpoolFolder {
  /// The segments of the feed.
  package static let feed = SpoolFolder("feed")
  /// How far each reader of the feed has come.
  package static let consumers = SpoolFolder("feed/consumers")
  /// All that is about alarms.
  package static let alarms = SpoolFolder("alarms")
  /// The hooks, where the configuration names no other folder.
  package static let hooks = SpoolFolder("alarms/hooks")
  /// What became of each alarm.
  package static let history = SpoolFolder("alarms/history")
  /// What each receiver has chosen.
  package static let receivers = SpoolFolder("alarms/users")
  /// Silences: which alarms are muted, and until when.
  package static let silences = SpoolFolder("alarms/silences")
  /// What could not be told, a folder for each hook.
  package static let deadLetters = SpoolFolder("alarms/dead")
  /// What is to be told once more, a folder for each hook.
  package static let replays = SpoolFolder("alarms/replay")
}
