import CommandLineTool
import Assembly
import SharedKernel
import SpoolLayout
import SystemCalls

Tool.main(AlarmOptions.table, candidates: candidates) { tool throws(Failure) in
  try refuseOperands(tool)
  try refuseContradictions(tool)
  let path = try spoolLocation(option: tool.arguments.value(CommonOptions.spool))
  switch tool.arguments.command {
  case AlarmOptions.status: return try showStatus(tool, spool: path)
  case AlarmOptions.history: return try showHistory(tool, spool: path)
  case AlarmOptions.replay: return try replay(tool, spool: path)
  case AlarmOptions.silence: return try silence(tool, spool: path)
  case AlarmOptions.check: return try checkHooks(tool, spool: path)
  case AlarmOptions.test: return try testHook(tool, spool: path)
  default:
    if tool.arguments.has(AlarmOptions.standby) { return try StandbyDaemon(tool, spool: path).run() }
    return try makeDaemon(tool, spool: path).run()
  }
}

/// A daemon with the settings that the spool has now.
func makeDaemon(_ tool: Tool, spool path: String) throws(Failure) -> Daemon {
  let spool = try Spool.open(at: path, for: .writing)
  let creditWatch = try CreditWatch(spool)
  let services = Daemon.Services(
    recoverLeftovers: { recoverLeftovers(of: $0, .onlooker) },
    isCreditLow: { message throws(Failure) in try creditWatch.isLow(after: message) })
  return try Daemon(tool, spool: spool, services: services)
}

/// A command answers or does one thing; only the daemon itself runs once.
func refuseContradictions(_ tool: Tool) throws(Failure) {
  try tool.arguments.refuse(AlarmOptions.once, with: AlarmOptions.standby)
  guard let command = tool.arguments.command else { return }
  for option in [AlarmOptions.once, AlarmOptions.maxTime, AlarmOptions.standby] where tool.arguments.has(option) {
    throw Failure(.usage, "--\(option.long) and '\(command.name)' cannot be given together", remedy: "leave one of them out")
  }
}

func refuseOperands(_ tool: Tool) throws(Failure) {
  let expected = tool.arguments.command == AlarmOptions.test ? 1 : 0
  if let surplus = tool.arguments.operands.dropFirst(expected).first {
    throw Failure(.usage, "'\(surplus)': not expected here", remedy: "see 'msg-alarmd --help'")
  }
}
