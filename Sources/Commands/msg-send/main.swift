import Assembly
import CommandLineTool
import SharedKernel
import SpoolLayout

Tool.main(SendOptions.table, candidates: candidates) { tool throws(Failure) in
  let arguments = tool.arguments
  let modes = [
    SendOptions.status, SendOptions.flush, SendOptions.list, SendOptions.cancel, SendOptions.batch, SendOptions.sent, SendOptions.reply,
    SendOptions.replyAll, SendOptions.forward, SendOptions.initialise,
  ]
  for (index, mode) in modes.enumerated() { for other in modes.dropFirst(index + 1) { try arguments.refuse(mode, with: other) } }
  let composing = [SendOptions.reply, SendOptions.replyAll, SendOptions.forward]
  for mode in modes where !composing.contains(mode) && arguments.has(mode) {
    guard let word = arguments.operands.first else { continue }
    throw Failure(.usage, "--\(mode.long) takes no recipient ('\(word)')", remedy: "send in a command of its own; see 'msg-send --help'")
  }
  if arguments.has(SendOptions.all), !arguments.has(SendOptions.flush) {
    throw Failure(.usage, "--all goes with --flush", remedy: "write msg-send --flush --all")
  }
  for option in [SendOptions.since, SendOptions.limit] where arguments.has(option) && !arguments.has(SendOptions.sent) {
    throw Failure(.usage, "--\(option.long) goes with --sent", remedy: "write msg-send --sent --\(option.long) ...")
  }
  if arguments.has(SendOptions.allSenders), !arguments.has(SendOptions.sent), !arguments.has(SendOptions.list) {
    throw Failure(.usage, "--all-senders goes with --sent or --list", remedy: "write msg-send --sent --all-senders")
  }
  try arguments.refuse(SendOptions.allSenders, with: SendOptions.from)
  if arguments.has(SendOptions.initialise) {
    try initialiseSpool(at: try spoolLocation(option: arguments.value(CommonOptions.spool)), tool.diagnostics)
    return .done
  }
  if let id = arguments.value(SendOptions.status) { return try StatusCommand(tool).run(id) }
  if let id = arguments.value(SendOptions.cancel) { return try CancelCommand(tool).run(id) }
  if arguments.has(SendOptions.flush) { return try FlushCommand(tool).run() }
  if arguments.has(SendOptions.list) { return try ListCommand(tool).run() }
  if arguments.has(SendOptions.sent) { return try SentCommand(tool).run() }
  if arguments.has(SendOptions.batch) { return try BatchCommand(tool).run() }
  return try SendCommand(tool).run()
}
