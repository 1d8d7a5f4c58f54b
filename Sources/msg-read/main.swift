import CommandLineTool
import MaildirStore
import SharedKernel
import SpoolDirectory
import SystemCalls

Tool.main(Options.table) { tool in
  let request = try Request(tool.arguments, now: Timestamp(microseconds: wallClockMicroseconds()))
  let user = try tool.arguments.userName(Options.user)
  let spool = try Spool.open(at: try spoolLocation(option: tool.arguments.value(CommonOptions.spool)), for: .reading)
  if case .boxes = request.action { return try listBoxes(tool, spool) }
  return try Reader(tool, MaildirMailbox(of: user, in: spool.root, directoryMode: spool.directoryMode)).run(request)
}
