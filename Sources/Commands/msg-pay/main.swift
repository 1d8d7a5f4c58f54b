import CommandLineTool
import SharedKernel

Tool.main(PayOptions.table, candidates: candidates) { tool throws(Failure) in
  let isInit = tool.arguments.has(PayOptions.initialise)
  if let command = tool.arguments.command, isInit, command.name != "init" {
    throw Failure(.usage, "--init and '\(command.name)' cannot be given together", remedy: "leave one of them out")
  }
  if isInit || tool.arguments.command?.name == "init" { return try PayCommand(tool: tool).initialise() }
  guard let command = tool.arguments.command else {
    throw Failure(.usage, "no command given", remedy: "see 'msg-pay --help'")
  }
  let run = PayCommand(tool: tool)
  switch command.name {
  case "balance": return try run.balance()
  case "topup": return try run.topUp()
  case "reverse": return try run.reverse()
  case "payout": return try run.payOut()
  case "adjust": return try run.adjust()
  case "open": return try run.open()
  case "allow": return try run.allow()
  case "close": return try run.close()
  case "rename": return try run.rename()
  case "charge": return try run.charge()
  case "status": return try run.status()
  case "void": return try run.void()
  case "refund": return try run.refund()
  case "history": return try run.history()
  case "statement": return try run.statement()
  case "quote": return try run.quote()
  case "journal": return try run.journal()
  case "verify": return try run.verify()
  case "repair": return try run.repair()
  case "breaker": return try run.breaker()
  case "doubt": return try run.doubt()
  case "settle": return try run.settle()
  case "reconcile": return try run.reconcile()
  case "gateway": return try run.gateway()
  default: throw Failure(.internalError, "the command '\(command.name)' is in the table and nowhere else")
  }
}
