import CommandLineTool
import Mailbox
import SharedKernel

/// One run of `msg-read` on one mailbox. A message that cannot be read is reported and does not hide the others.
final class Reader {
  private let tool: Tool
  private let store: any MailboxStore
  private let page: Page
  private let zone = LocalTime.system
  /// The status of what was reported and gone past; nil where all went well.
  private var trouble: ExitStatus?

  init(_ tool: Tool, _ store: any MailboxStore) throws(Failure) {
    (self.tool, self.store, page) = (tool, store, try Page(tool))
  }

  func run(_ request: Request) throws -> ExitStatus {
    switch (request.action, request.target) {
    case (.count, .selected(let selection)): try count(selection)
    case (.show, .named(let references)): try show(try listed().messages(named: references))
    case (.change(let change), let target): try each(target) { try store.change($0, change) != nil }
    case (.delete, let target): try each(target, store.remove)
    case (_, .selected(let selection)): try list(selection)
    case (_, .named): throw Failure(.internalError, "a list of named messages was asked for")
    }
  }

  private func listed() throws -> MessageList {
    let listing = try store.list()
    if listing.undecodable > 0 {
      let files = listing.undecodable == 1 ? "1 file has a name that is" : "\(listing.undecodable) files have names that are"
      tool.diagnostics.note("\(files) not UTF-8: rename it to see it here")
    }
    if listing.strangers > 0 { tool.diagnostics.detail("\(listing.strangers) names in new/ and cur/ are no messages: left alone") }
    return MessageList(listing.messages)
  }

  /// Reads the summaries of what is selected.
  private func selected(_ selection: Selection) throws -> [NumberedSummary] {
    var chosen: [NumberedSummary] = []
    for entry in selection.byName(try listed()) {
      reportingTrouble {
        guard let summary = try store.summary(of: entry.message) else { return }
        let fits = try selection.fits(summary) { MessageText.text(ofMessage: try store.contents(of: summary.message) ?? []) }
        if fits { chosen.append(NumberedSummary(number: entry.number, summary: summary)) }
      }
    }
    return selection.arranged(chosen)
  }

  /// Nil after an error, which is reported and remembered for the exit status.
  private func reportingTrouble<Value>(_ body: () throws -> Value) -> Value? {
    do { return try body() } catch {
      let failure = Failure(error)
      tool.diagnostics.report(failure)
      trouble = trouble ?? ExitStatus(failure.kind)
      return nil
    }
  }
}

// MARK: what can be asked for

extension Reader {
  private func list(_ selection: Selection) throws -> ExitStatus {
    let chosen = try selected(selection)
    if tool.arguments.has(Options.json) {
      for entry in chosen { try page.json(entry.json()) }
    } else {
      let layout = ListLayout(for: chosen, on: page, zone: zone)
      for entry in chosen { try page.line(layout.line(entry), isBold: entry.summary.isUnread) }
    }
    return trouble ?? (chosen.isEmpty ? .nothing : .done)
  }

  private func count(_ selection: Selection) throws -> ExitStatus {
    let number: Int
    if selection.needsContent {
      number = try selected(selection).count
    } else if selection.onlyFlagged || selection.offset > 0 || selection.limit != nil {
      number = selection.byName(try listed()).count
    } else {
      let counts = try store.counts()
      number = selection.onlyUnread ? counts.unread : counts.total
    }
    try page.line(String(number))
    return trouble ?? .done
  }

  /// Does something to every message meant. One that is gone meanwhile has nothing left to be done to it.
  private func each(_ target: Request.Target, _ body: (StoredMessage) throws -> Bool) throws -> ExitStatus {
    let messages: [StoredMessage] =
      switch target {
      case .named(let references): try listed().messages(named: references).map(\.message)
      case .selected(let selection) where selection.needsContent: try selected(selection).map(\.summary.message)
      case .selected(let selection): selection.byName(try listed()).map(\.message)
      }
    for message in messages where !(try body(message)) {
      tool.diagnostics.note("message \(message.id) is gone: another program removed it")
    }
    return trouble ?? (messages.isEmpty ? .nothing : .done)
  }

  private func show(_ messages: [MessageList.Numbered]) throws -> ExitStatus {
    var marks = !tool.arguments.has(Options.peek)
    var isFirst = true
    for entry in messages {
      guard let bytes = reportingTrouble({ try contents(of: entry) }) else { continue }
      let summary = NumberedSummary(number: entry.number, summary: Summary(entry.message, front: bytes, size: bytes.count))
      try show(summary, bytes, isFirst: isFirst)
      isFirst = false
      // Marked only when it is out: what nobody got to see stays unread.
      try page.flush()
      // Where one cannot be marked the next cannot either, and one complaint is enough.
      if marks { marks = reportingTrouble { _ = try store.change(entry.message, FlagChange(set: [.seen])) } != nil }
    }
    return trouble ?? .done
  }

  private func contents(of entry: MessageList.Numbered) throws -> [UInt8] {
    guard let bytes = try store.contents(of: entry.message) else {
      throw Failure(.notFound, "message \(entry.number) is gone", remedy: "another program removed it; list again")
    }
    return bytes
  }

  private func show(_ entry: NumberedSummary, _ bytes: [UInt8], isFirst: Bool) throws {
    if tool.arguments.has(Options.raw) { return try page.bytes(bytes) }
    let text = MessageText.text(ofMessage: bytes)
    if tool.arguments.has(Options.json) { return try page.json(entry.json(text: text)) }
    if tool.arguments.has(Options.body) { return try page.bytes(text) }
    if !isFirst { try page.line("") }
    let summary = entry.summary
    let offset = zone.offset(summary.date)
    let minutes = Int(abs(offset) / 60)
    try page.line("From: \(summary.sender)")
    try page.line("Date: \(dayAndMinute(summary.date, zone)) \(offset < 0 ? "-" : "+")\(padded(minutes / 60 * 100 + minutes % 60, 4))")
    if !summary.subject.isEmpty { try page.line("Subject: \(summary.subject)") }
    try page.line("")
    try page.bytes(text, endingLine: true)
  }
}
