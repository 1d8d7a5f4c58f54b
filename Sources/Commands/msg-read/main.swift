import CommandLineTool
import Mailbox
import MailboxAssembly
import SharedKernel
import SpoolLayout
import SystemCalls

Tool.main(Options.table, candidates: candidates) { tool throws(Failure) in
  let request = try Request(tool.arguments, now: Timestamp(sinceEpoch: wallClock()))
  let user = try tool.arguments.userName(Options.user)
  let path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
  var spool = try Spool.open(at: path, for: .reading)
  // Reading makes no spool; what changes messages trusts none that others may write to.
  if request.changesMessages { spool = try Spool.open(at: path, for: .writing) }
  if case .boxes = request.action { return try listBoxes(tool, spool) }
  if case .follow = request.action, case .selected(let selection) = request.target {
    return try Waiting(tool, spool, user).follow(selection)
  }
  if let wait = request.wait {
    let selection =
      switch request.target {
      case .selected(let selection), .chosen(let selection, _): selection
      case .named: Selection()
      }
    let deadline: Deadline? = if case .atMost(let time) = wait { .after(time) } else { nil }
    guard let mailbox = try Waiting(tool, spool, user).untilUnread(selection, until: deadline) else { return .nothing }
    return try Reader(tool, mailbox).run(request)
  }
  let mailbox = try OpenMailbox(of: user, in: spool)
  if !tool.arguments.has(Options.count) { tool.output.page() }
  return try Reader(tool, mailbox).run(request)
}
