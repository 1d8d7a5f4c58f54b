import Assembly
import CommandLineTool
import Ledger
import Sending
import SharedKernel
import SpoolLayout
import SystemCalls

/// Turns words into a send, checked against a spool that is not touched yet. Nothing is made on disk before every word has been
/// looked at.
struct SendPlan {
  let preview: SpoolPreview
  private let settings: DraftSettings
  /// Bytes of the largest text.
  var limit: Int { settings.maximumSize }
  private let addresses: AddressBook
  private let payers: Payers
  private let mayWait: Bool
  private let ids = DrawnIDs()

  init(_ tool: Tool) throws(Failure) {
    let arguments = tool.arguments
    try arguments.refuse(SendOptions.queue, with: SendOptions.noQueue)
    try arguments.refuse(SendOptions.at, with: SendOptions.noQueue)
    preview = try SpoolPreview(path: try spoolLocation(option: arguments.value(CommonOptions.spool)))
    addresses = try preview.addressBook()
    payers = try preview.payers()
    settings = try DraftSettings(preview.configuration)
    mayWait = !arguments.has(SendOptions.noQueue) && (arguments.has(SendOptions.queue) || settings.mayWait)
  }

  /// Checks all but the text, so that what is wrong is told before a text is read.
  func check(_ words: MessageWords) throws(Failure) {
    _ = try recipients(words.recipients)
    _ = try priority(words.priority)
    _ = try payer(words)
    if let time = words.time {
      let now = SystemClock().now()
      // Of an earlier send under the same key the time may be over.
      if let why = refusal(of: time, try instant(time, now), now), words.key == nil || preview.spool == nil { throw why }
    }
  }

  private func recipients(_ lists: [String]) throws(Failure) -> [Name] {
    var (names, known) = ([Name](), Set<Name>())
    for list in lists { for name in try addresses.recipients(of: list) where known.insert(name).inserted { names.append(name) } }
    return names
  }

  func request(_ words: MessageWords) throws(Failure) -> SendRequest {
    let now = SystemClock().now()
    let key = try words.key.map { key throws(Failure) in try checkedKey(key) }
    let time = try words.time.map { text throws(Failure) in try instant(text, now) }
    let refusal = time.flatMap { self.refusal(of: words.time ?? "", $0, now) }
    if let refusal, key == nil || preview.spool == nil { throw refusal }
    let draft = try Draft(
      sender: words.sender, recipients: try recipients(words.recipients), subject: words.subject, text: words.text,
      priority: try priority(words.priority), notBefore: time.flatMap { $0 > now ? $0 : nil },
      requestedTime: words.time.map { TimeExpression.absolute($0)?.rfc3339 ?? $0 } ?? "", inReplyTo: words.inReplyTo, maximumSize: limit)
    let requested = words.time
    let (price, tariffClass) = try settings.price(of: draft)
    return SendRequest(
      draft: draft, id: try id(of: words.sender, key, now), key: key, isRepeatable: key != nil, price: price,
      date: now, dateOffset: LocalTime.system.offset(draft.notBefore ?? now), mayWait: mayWait, payer: try payer(words),
      tariffClass: tariffClass, deliveryTime: { accepted in SendPlan.deliveryTime(requested, accepted: accepted) },
      refusal: refusal)
  }

  /// What a time means for a message that is accepted then: an expression that was checked before.
  private static func deliveryTime(_ text: String?, accepted: Timestamp) -> Timestamp {
    guard let text, let time = try? TimeExpression.instant(text, now: accepted, .future) else { return accepted }
    return max(time, accepted)
  }

  /// Why a message cannot be sent for a time that is over; nil for one that is not.
  private func refusal(of text: String, _ time: Timestamp, _ now: Timestamp) -> Failure? {
    if time >= now { return nil }
    return Failure(
      .usage, "--at '\(text)' is in the past: \(LocalTime.system.absoluteAndRelative(time, now: now))",
      remedy: "give a time to come, or leave --at out to send now")
  }

  /// A text as it may be sent: of one that is too long for the tariff's last class or for `max-size` the beginning, with `…` at its end.
  func shortened(_ text: [UInt8], subject: String) -> [UInt8] {
    ShortenedText(limit: limit, counted: settings.lengthLimit(subject: subject)).shortened(text)
  }

  private func payer(_ words: MessageWords) throws(Failure) -> Name {
    let wanted = try words.account.map { text throws(Failure) in
      guard let name = Name(text) else {
        throw Failure(
          .usage, "--account '\(text)' is not a name of an account",
          remedy: "a name has 1 to 64 of A-Z a-z 0-9 . _ + - and begins with a letter, digit or +")
      }
      return name
    }
    return try payers.account(for: words.sender, wanted: wanted)
  }

  private func id(of sender: Name, _ key: String?, _ now: Timestamp) throws(Failure) -> MessageID {
    if let key { return MessageID(sender: sender, key: key) }
    return try ids.next(for: sender, at: now)
  }

  private func instant(_ text: String, _ now: Timestamp) throws(Failure) -> Timestamp {
    do throws(Failure) { return try TimeExpression.instant(text, now: now, .future) } catch {
      throw Failure(error.kind, "--at: \(error.message)", remedy: error.remedy)
    }
  }

  private func priority(_ word: String?) throws(Failure) -> Priority {
    guard let word else { return .normal }
    guard let priority = Priority(rawValue: word) else {
      throw Failure(.usage, "--priority '\(word)': no such priority", remedy: "normal or urgent")
    }
    return priority
  }
}
