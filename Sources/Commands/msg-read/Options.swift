import CommandLineTool
import Mailbox

/// What `msg-read` accepts on its command line.
enum Options {
  static let user = Option(
    "user", .required("NAME"), completion: .values(.mailbox), help: "read this mailbox (else $MSG_USER, else the login name)")

  static let all = Option("all", short: "a", help: "all messages, not only the unread")
  static let unread = Option("unread", help: "only unread messages (the default without a selection)")
  static let flagged = Option("flagged", help: "only flagged messages")
  static let from = Option(
    "from", .required("NAME"), completion: .values(.recipient), help: "only messages of this sender: a name, an alias or a mail address")
  static let since = Option("since", .required("TIME"), help: "only messages sent at this time or later")
  static let until = Option("until", .required("TIME"), help: "only messages sent before this time")
  static let match = Option(
    "match", .required("TEXT"), help: "only messages with this in subject or text; case, width and how accents are stored are ignored")
  static let sort = Option(
    "sort", .required("KEY"), completion: .words(Selection.Order.allCases.map { $0.rawValue }),
    help: "in ascending order of date, from or size"
  )
  static let newestFirst = Option("newest-first", help: "in reverse order")
  static let limit = Option("limit", short: "n", .required("N"), help: "the first N of what would be listed")
  static let offset = Option("offset", .required("N"), help: "without the first N of what would be listed")

  static let peek = Option("peek", short: "p", help: "do not mark what is shown as read")
  static let body = Option("body", help: "show the text alone, byte for byte")
  static let raw = Option("raw", help: "show the stored file")
  static let json = Option("json", help: "one JSON object a line")
  static let aliases = Option("aliases", help: "show senders by their aliases in lists")
  static let count = Option("count", short: "c", help: "print how many messages there are, nothing else")
  static let boxes = Option("boxes", help: "list every mailbox with its messages")

  static let wait = Option(
    "wait", .optional("SECONDS"), help: "wait until there is an unread message, then list; status 1 when the time is up")
  static let follow = Option("follow", help: "print each new message as it arrives")

  static let markRead = Option("mark-read", help: "mark as read without showing")
  static let markUnread = Option("mark-unread", help: "mark as unread")
  static let flag = Option("flag", help: "flag, for --flagged to find")
  static let unflag = Option("unflag", help: "take the flag away")
  static let delete = Option("delete", help: "remove for good; needs a MESSAGE or a selection")

  /// Those that narrow or widen what is meant; with one of them nothing is meant by accident.
  static let filters = [all, unread, flagged, from, since, until, match]
  /// Those that select among all messages unless told otherwise.
  static let selectors = [all, flagged, from, since, until, match, sort, newestFirst]
  static let selecting = filters + [sort, newestFirst, limit, offset]
  static let showing = [body, raw, json]
  static let changing = [markRead, markUnread, flag, unflag, delete]

  private static let groups = [
    OptionGroup("selecting", [user] + selecting),
    OptionGroup("showing", [peek] + showing + [aliases, count, boxes]),
    OptionGroup("waiting", [wait, follow]),
    OptionGroup("changing", changing),
  ]

  static let table = OptionTable(
    tool: "msg-read", summary: "Lists and shows the messages of a mailbox.",
    usage: ["[OPTION]...", "[OPTION]... MESSAGE..."],
    options: groups.flatMap { $0.options }, completing: OperandCompletions(others: .values(.message)), groups: groups,
    notes: [
      "Without MESSAGE the unread messages are listed: number, state (N new, F flagged, R replied), date, sender, subject. "
        + "Nothing to list: status 1.",
      "MESSAGE is a number of the list, a range 3-5, first, last, next (the oldest unread) or an id. It is shown and marked as read. "
        + "With a selection: its first, last or next, as in --from bob last.",
      "A selection is among all messages unless --unread is given. The actions --mark-read to --delete are silent and apply to the "
        + "messages named or selected.",
      "TIME is one of \(TimeExpression.forms).",
      "Exit status: 0 done, 1 nothing to show, 64 wrong command line, 66 no such message or spool, others as in sysexits.h.",
    ])
}
