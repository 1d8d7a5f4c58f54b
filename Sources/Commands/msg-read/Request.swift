import CommandLineTool
import Mailbox
import SharedKernel
import SpoolLayout

/// What the command line asks for, checked as far as it can be without looking at the spool.
struct Request {
  enum Action {
    case list
    case show
    case count
    case boxes
    /// Each message that comes from now on.
    case follow
    case change(FlagChange)
    case delete
  }

  enum Wait {
    case forever
    case atMost(Duration)
  }

  enum Target {
    case named([MessageReference])
    case selected(Selection)
    /// The first, the last or the next of those selected.
    case chosen(Selection, [MessageReference])
  }

  let action: Action
  let target: Target
  /// How long to wait for an unread message first; nil for not at all.
  let wait: Wait?
  /// Whether messages are to be marked or removed; showing marks, unless it is a look only.
  let changesMessages: Bool

  init(_ arguments: Arguments, now: Timestamp) throws(Failure) {
    try Request.refuseContradictions(arguments)
    if arguments.operands.isEmpty {
      target = .selected(try Request.selection(arguments, now: now))
    } else {
      var references: [MessageReference] = []
      for word in arguments.operands { references.append(try MessageReference(parsing: word)) }
      if Options.filters.contains(where: arguments.has) {
        target = .chosen(try Request.selection(arguments, now: now), references)
      } else {
        target = .named(references)
      }
    }
    action = try Request.action(arguments)
    wait = try Request.wait(arguments)
    changesMessages =
      switch action {
      case .change, .delete: true
      case .show: !arguments.has(Options.peek)
      case .list, .count, .boxes, .follow: false
      }
  }

  private static func action(_ arguments: Arguments) throws(Failure) -> Action {
    let isNamed = !arguments.operands.isEmpty
    let change = self.change(arguments)
    if arguments.has(Options.boxes) { return .boxes }
    if arguments.has(Options.follow) { return .follow }
    if arguments.has(Options.count) { return .count }
    if arguments.has(Options.delete) {
      guard isNamed || Options.filters.contains(where: arguments.has) else {
        throw Failure(
          .usage, "--delete needs a message or a selector", remedy: "name a MESSAGE, or select with --all, --from, --until or another")
      }
      return .delete
    }
    if change != FlagChange() { return .change(change) }
    for option in [Options.body, Options.raw] where arguments.has(option) && !isNamed {
      throw Failure(.usage, "--\(option.long) needs a MESSAGE", remedy: "name one, as in 'msg-read --\(option.long) next'")
    }
    return isNamed ? .show : .list
  }

  private static func wait(_ arguments: Arguments) throws(Failure) -> Wait? {
    guard arguments.has(Options.wait) else { return nil }
    return try arguments.integer(Options.wait, in: 0...Int(Int32.max)).map { .atMost(.seconds($0)) } ?? .forever
  }

  private static func change(_ arguments: Arguments) -> FlagChange {
    var change = FlagChange()
    if arguments.has(Options.markRead) { change.set.insert(.seen) }
    if arguments.has(Options.markUnread) { change.cleared.insert(.seen) }
    if arguments.has(Options.flag) { change.set.insert(.flagged) }
    if arguments.has(Options.unflag) { change.cleared.insert(.flagged) }
    return change
  }

  private static func selection(_ arguments: Arguments, now: Timestamp) throws(Failure) -> Selection {
    var selection = Selection()
    selection.onlyUnread =
      arguments.has(Options.unread) || arguments.has(Options.wait)
      || !arguments.has(Options.follow) && !Options.selectors.contains(where: arguments.has)
    selection.onlyFlagged = arguments.has(Options.flagged)
    selection.senders = try senders(arguments)
    selection.since = try arguments.time(Options.since, now: now)
    selection.until = try arguments.time(Options.until, now: now)
    selection.match = arguments.value(Options.match)
    if let key = arguments.value(Options.sort) {
      guard let order = Selection.Order(rawValue: key) else {
        throw Failure(.usage, "--sort '\(key)': no such order", remedy: "date, from or size")
      }
      selection.order = order
    }
    selection.newestFirst = arguments.has(Options.newestFirst)
    selection.limit = try arguments.integer(Options.limit, in: 0...Int.max)
    selection.offset = try arguments.integer(Options.offset, in: 0...Int.max) ?? 0
    return selection
  }

  /// The names that a name or an alias stands for, or an address of another program's message.
  private static func senders(_ arguments: Arguments) throws(Failure) -> [String] {
    guard let text = arguments.value(Options.from) else { return [] }
    if let names = try arguments.aliases().names(of: text) { return names.map({ $0.text }) }
    let isAddress = text.contains("@") && !text.hasControlCharacters
    guard isAddress else {
      throw Failure(.usage, "--from '\(text)': no name", remedy: "give the sender's name, or a mail address")
    }
    return [text]
  }

  private static func refuseContradictions(_ arguments: Arguments) throws(Failure) {
    let named = !arguments.operands.isEmpty
    // One word alone contradicts nothing.
    if arguments.givenOptions.count + (named ? 1 : 0) < 2 { return }
    let alone = [Options.count, Options.boxes]
    // Waiting goes with the one MESSAGE that may be still to come.
    let isNext = arguments.operands == ["next"]
    for option in [Options.wait, Options.follow] where named && arguments.has(option) && !(isNext && option == Options.wait) {
      throw Failure(.usage, "--\(option.long) and a MESSAGE cannot be given together", remedy: "leave one of them out")
    }
    // Of those selected there is a first, a last and a next; a number is that of the mailbox.
    let isOfSelection = arguments.operands.allSatisfy { ["first", "last", "next"].contains($0) }
    for option in Options.selecting + alone where named && arguments.has(option) && !(isOfSelection && Options.filters.contains(option)) {
      throw Failure(.usage, "--\(option.long) and a MESSAGE cannot be given together", remedy: "leave one of them out")
    }
    var pairs = [
      (Options.all, Options.unread), (Options.markRead, Options.markUnread), (Options.flag, Options.unflag),
      (Options.body, Options.raw), (Options.body, Options.json), (Options.raw, Options.json), (Options.count, Options.json),
      (Options.count, Options.boxes), (Options.boxes, Options.user), (Options.wait, Options.follow), (Options.wait, Options.boxes),
      (Options.wait, Options.all), (Options.follow, Options.boxes), (Options.follow, Options.count), (Options.follow, Options.sort),
      (Options.follow, Options.newestFirst), (Options.follow, Options.offset),
    ]
    for change in Options.changing {
      pairs += (Options.showing + alone + [Options.peek, Options.wait, Options.follow]).map { (change, $0) }
      if change != Options.delete { pairs.append((Options.delete, change)) }
    }
    for option in alone { pairs += [(option, Options.body), (option, Options.raw)] }
    for option in Options.selecting { pairs.append((Options.boxes, option)) }
    for (one, other) in pairs { try arguments.refuse(one, with: other) }
  }
}
