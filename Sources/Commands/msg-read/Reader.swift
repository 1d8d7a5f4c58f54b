import CommandLineTool
import Mailbox
import MailboxAssembly
import MaildirStore
import SharedKernel
import SpoolLayout
import ViewStore

/// One run of `msg-read` on one mailbox. A message that cannot be read is reported and does not hide the others.
final class Reader {
  private let tool: Tool
  private let mailbox: OpenMailbox
  private var store: MaildirMailbox { mailbox.store }
  private var view: StoredView { mailbox.view }
  private let page: Page
  private let zone = LocalTime.system
  /// The status of what was reported and gone past; nil where all went well.
  private var trouble: ExitStatus?

  init(_ tool: Tool, _ mailbox: OpenMailbox) throws(Failure) {
    (self.tool, self.mailbox, page) = (tool, mailbox, try Page(tool))
  }

  func run(_ request: Request) throws(Failure) -> ExitStatus {
    if case .count = request.action {} else { noteOddities() }
    let status =
      switch (request.action, request.target) {
      case (.count, .selected(let selection)): try count(selection)
      case (.show, let target): try show(try numbers(target))
      case (.change(let change), let target): try each(target) { (message) throws(Failure) in try store.change(message, change) != nil }
      case (.delete, let target): try delete(target)
      case (_, .selected(let selection)): try list(selection)
      case (_, .named), (_, .chosen): throw Failure(.internalError, "a list of named messages was asked for")
      }
    view.finish()
    return status
  }

  /// What is answered for is gone, also after a power cut. Numbers mean the list as it was before the first was removed.
  private func delete(_ target: Request.Target) throws(Failure) -> ExitStatus {
    let messages = try messages(target)
    let gone = try messages.isEmpty ? [] : mailbox.remove(messages.map { $0.message })
    for (number, message) in messages where gone.contains(message) { noteGone(number) }
    return trouble ?? (messages.isEmpty ? .nothing : .done)
  }

  /// Whether anything is chosen.
  func hasAny(_ selection: Selection) throws(Failure) -> Bool { try !choosing(selection).numbers().isEmpty }

  /// Shows those of the messages that came that fit, and says how many these were.
  func show(arrived: Set<UInt64>, _ selection: Selection, atMost limit: Int) throws(Failure) -> Int {
    try view.settle()
    let choosing = choosing(selection)
    var (left, numbers) = (arrived, [Int]())
    // What came last is mostly the newest.
    for number in stride(from: view.counts.total, to: 0, by: -1) where !left.isEmpty {
      if left.remove(Arrivals.hash(Array(try view.entry(number).bytes(.name)).span)) != nil { numbers.append(number) }
    }
    var shown = 0
    for number in numbers.reversed() where shown < limit {
      guard let entry = try choosing.whole(number), try choosing.fits(entry) else { continue }
      if tool.arguments.has(Options.json) {
        try page.json(entry, text: text(entry))
      } else {
        var layout = try listLayout()
        layout.measure(entry)
        try page.entry(entry, layout)
      }
      shown += 1
    }
    try page.flush()
    view.finish()
    return shown
  }

  private func noteOddities() {
    if view.foreignEntries > 0 { tool.diagnostics.detail("\(view.foreignEntries) names in new/ and cur/ are no messages: left alone") }
  }

  private func listLayout() throws(Failure) -> ListLayout {
    ListLayout(on: page, zone: zone, words: tool.arguments.has(Options.aliases) ? try tool.arguments.aliases().words : [:])
  }

  private func choosing(_ selection: Selection) -> Choosing {
    Choosing(selection, in: view, complete: complete, text: text)
  }

  /// Empty for a message that is gone, or that cannot be read, which is reported.
  private func text(_ entry: MailboxEntry) -> [UInt8] {
    let bytes = (reportingTrouble { () throws(Failure) in try store.contents(of: entry.message) } ?? nil) ?? []
    return MessageText.text(ofMessage: bytes, unlabelled: store.unlabelled)
  }

  /// Nil for a message that is gone, or that cannot be read, which is reported.
  private func complete(_ entry: MailboxEntry) -> MailboxEntry? {
    reportingTrouble { () throws(Failure) in try view.completed(entry) } ?? nil
  }

  /// Nil after an error, which is reported and remembered for the exit status.
  private func reportingTrouble<Value>(_ body: () throws(Failure) -> Value) -> Value? {
    do throws(Failure) { return try body() } catch {
      tool.diagnostics.report(error)
      trouble = trouble ?? ExitStatus(error.kind)
      return nil
    }
  }
}

// MARK: what can be asked for

extension Reader {
  private func list(_ selection: Selection) throws(Failure) -> ExitStatus {
    let choosing = choosing(selection)
    var isEmpty = true
    if tool.arguments.has(Options.json) {
      let withText = tool.arguments.has(Options.wait)
      try choosing.each { entry throws(Failure) in
        try page.json(entry, text: withText ? text(entry) : nil)
        isEmpty = false
      }
    } else {
      // The columns are as wide as the widest, so all are looked at before the first is written.
      var layout = try listLayout()
      var numbers: [Int] = []
      try choosing.each { entry throws(Failure) in
        layout.measure(entry)
        numbers.append(entry.number)
      }
      isEmpty = numbers.isEmpty
      let isFirstScreen = page.columns != nil && !isEmpty && tool.arguments.givenOptions.allSatisfy { $0 == "user" || $0 == "spool" }
      if isFirstScreen { try page.line("\(view.counts.unread) unread of \(view.counts.total) messages") }
      for number in numbers {
        let entry = try view.entry(number)
        guard let whole = entry.isComplete ? entry : complete(entry) else { continue }
        try page.entry(whole, layout)
      }
      if isFirstScreen { try page.line("Read the oldest with 'msg-read next', any other by its number.") }
    }
    return trouble ?? (isEmpty ? .nothing : .done)
  }

  private func count(_ selection: Selection) throws(Failure) -> ExitStatus {
    let number: Int
    if selection.needsContent {
      number = try choosing(selection).numbers().count
    } else if selection.onlyFlagged && selection.onlyUnread {
      number = try choosing(selection).numbers().count
    } else {
      let counts = view.counts
      let all = selection.onlyUnread ? counts.unread : selection.onlyFlagged ? counts.flagged : counts.total
      number = min(max(0, all - selection.offset), selection.limit ?? Int.max)
    }
    try page.line(String(number))
    return trouble ?? .done
  }

  /// Does something to every message meant. One that is gone meanwhile has nothing left to be done to it.
  private func each(_ target: Request.Target, _ body: (StoredMessage) throws(Failure) -> Bool) throws(Failure) -> ExitStatus {
    let messages = try messages(target)
    for (number, message) in messages { if try !body(message) { noteGone(number) } }
    return trouble ?? (messages.isEmpty ? .nothing : .done)
  }

  /// The messages that are meant, all looked up before the first is changed.
  private func messages(_ target: Request.Target) throws(Failure) -> [(number: Int, message: StoredMessage)] {
    try numbers(target).map { (number) throws(Failure) in (number, try view.entry(number).message) }
  }

  private func numbers(_ target: Request.Target) throws(Failure) -> [Int] {
    switch target {
    case .named(let references): return try view.numbers(named: references)
    case .selected(let selection): return try choosing(selection).numbers()
    case .chosen(let selection, let references):
      let chosen = try choosing(selection).numbers()
      return try references.map { reference throws(Failure) in
        let number =
          switch reference {
          case .first: chosen.first
          case .last: chosen.last
          default: try firstUnread(of: chosen)
          }
        guard let number else { throw Failure(.nothing, "") }
        return number
      }
    }
  }

  private func firstUnread(of numbers: [Int]) throws(Failure) -> Int? {
    for number in numbers where try view.state(of: number).contains(.unread) { return number }
    return nil
  }

  private func noteGone(_ number: Int) { tool.diagnostics.note("message \(number) is gone: another program removed it") }

  private func show(_ numbers: [Int]) throws(Failure) -> ExitStatus {
    var marks = !tool.arguments.has(Options.peek)
    var isFirst = true
    for (number, message) in try numbers.map({ (number) throws(Failure) in (number, try view.entry(number).message) }) {
      guard let bytes = reportingTrouble({ () throws(Failure) in try contents(of: message, number) }) else { continue }
      let summary = Summary(message, front: bytes, size: bytes.count, unlabelled: store.unlabelled)
      try show(MailboxEntry(number: number, summary), bytes, isDateKnown: summary.isDateKnown, isFirst: isFirst)
      isFirst = false
      // Marked only when it is out: what was not shown stays unread.
      if try !page.flush() { marks = false }
      // Where one cannot be marked the next cannot either, and one complaint is enough.
      if marks { marks = reportingTrouble { () throws(Failure) in _ = try store.change(message, FlagChange(set: [.seen])) } != nil }
    }
    return trouble ?? .done
  }

  private func contents(of message: StoredMessage, _ number: Int) throws(Failure) -> [UInt8] {
    guard let bytes = try store.contents(of: message) else {
      throw Failure(.notFound, "message \(number) is gone", remedy: "another program removed it; list again")
    }
    return bytes
  }

  private func show(_ entry: MailboxEntry, _ bytes: [UInt8], isDateKnown: Bool, isFirst: Bool) throws(Failure) {
    if tool.arguments.has(Options.raw) { return try page.bytes(bytes) }
    let text = MessageText.text(ofMessage: bytes, unlabelled: store.unlabelled)
    if tool.arguments.has(Options.json) { return try page.json(entry, text: text) }
    if tool.arguments.has(Options.body) { return try page.bytes(text) }
    if !isFirst { try page.line("") }
    let date = entry.facts.date ?? entry.facts.delivered
    try page.line("From: \(entry.text(.sender))")
    var recipients: [String] = []
    entry.eachRecipient { recipients.append(String(decoding: $0, as: UTF8.self)) }
    if !recipients.isEmpty { try page.line("To: \(recipients.joined(separator: ", "))") }
    let moment = "\(zone.minute(date)) \(zone.zone(date))"
    try page.line(isDateKnown ? "Date: \(moment)" : "Date: unknown; delivered \(moment)")
    if !entry.bytes(.subject).isEmpty { try page.line("Subject: \(entry.text(.subject))") }
    try page.line("")
    try page.text(text)
  }
}
