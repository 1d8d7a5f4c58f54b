import CommandLineTool
import MailboxAssembly
import JSONText
import Mailbox
import MaildirStore
import SharedKernel
import SpoolLayout
import ViewStore

/// `--boxes`: every mailbox with its messages. One that may not be looked into is reported and does not hide the others.
func listBoxes(_ tool: Tool, _ spool: Spool) throws(Failure) -> ExitStatus {
  let page = try Page(tool)
  var boxes: [(user: Name, counts: MailboxCounts)] = []
  var trouble: ExitStatus?
  for user in try onSpool(MaildirMailbox.users(in: spool.root)) {
    do throws(Failure) {
      boxes.append((user, try OpenMailbox(of: user, in: spool).view.counts))
    } catch {
      let failure = error
      tool.diagnostics.report(failure)
      trouble = trouble ?? ExitStatus(failure.kind)
    }
  }
  let width = boxes.map { $0.user.text.utf8.count }.max() ?? 0
  func padded(_ number: Int, _ column: (MailboxCounts) -> Int) -> String {
    let widest = boxes.map { String(column($0.counts)).utf8.count }.max() ?? 0
    return String(repeating: " ", count: widest - String(number).utf8.count) + String(number)
  }
  for (user, counts) in boxes {
    if tool.arguments.has(Options.json) {
      try page.json(
        .record([("user", .string(user.text)), ("total", .integer(Int64(counts.total))), ("unread", .integer(Int64(counts.unread)))]))
    } else {
      let numbers = "\(padded(counts.total) { $0.total }) total  \(padded(counts.unread) { $0.unread }) unread"
      try page.line("\(DisplayWidth.padded(user.text, to: width))  \(numbers)", isBold: counts.unread > 0)
    }
  }
  return trouble ?? (boxes.isEmpty ? .nothing : .done)
}
