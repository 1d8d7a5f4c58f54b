/// A command that a worker is to run.
struct Step: Sendable {
  /// Stands in the arguments for the id of the message that the purpose names; known only once it has been sent.
  static let identifier = "<id>"

  let tool: String
  var arguments: [String]
  let user: String
  let purpose: Purpose
  var input = ""
  /// Its `--timeout`, in seconds.
  var timeout = 5.0
  /// Seconds until it is killed; nil to let it end.
  var killedAfter: Double?
}

/// What a command is to bring about.
enum Purpose: Sendable {
  /// `isDeferrable`: accepted, it may wait (`--queue`, `--at`), and a gateway may decline it later.
  case send(PlannedMessage, isDeferrable: Bool)
  case batch([PlannedMessage])
  case cancel(tag: String)
  case read(tag: String, mailbox: String)
  case delete(tag: String, mailbox: String)
  case refund(tag: String)
  case status(tag: String)
  case topUp(key: String, account: String, amount: Int)
  case charge(key: String, account: String, amount: Int)
  case void(key: String)
  /// It changes nothing that is audited.
  case look

  /// The message that is sent, or whose id stands in the arguments.
  var tag: String? {
    switch self {
    case .send(let message, _): message.tag
    case .cancel(let tag), .read(let tag, _), .delete(let tag, _), .refund(let tag), .status(let tag): tag
    case .batch, .topUp, .charge, .void, .look: nil
    }
  }

  /// The key of a movement of money that is not a message's.
  var key: String? {
    switch self {
    case .topUp(let key, _, _), .charge(let key, _, _), .void(let key): key
    default: nil
    }
  }
}
