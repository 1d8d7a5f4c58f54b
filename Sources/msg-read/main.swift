import CommandLineTool
import Composition
import SharedKernel
import SpoolDirectory
import SystemCalls

Tool.main(Options.table) { tool in
  let request = try Request(tool.arguments, now: Timestamp(microseconds: wallClockMicroseconds()))
  let user = try tool.arguments.userName(Options.user)
  let path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
  var spool = try Spool.open(at: path, for: .reading)
  // Reading makes no spool; what changes messages trusts none that others may write to.
  if request.changesMessages { spool = try Spool.open(at: path, for: .writing) }
  for note in recoverLeftovers(of: spool, announce: tool.diagnostics.note) { tool.diagnostics.detail(note.description) }
  if case .boxes = request.action { return try listBoxes(tool, spool) }
  let mailbox = try OpenMailbox(of: user, in: spool)
  return try Reader(tool, mailbox.store, mailbox.view).run(request)
}
