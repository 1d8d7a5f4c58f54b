import CommandLineTool
import SharedKernel

Tool.main(SendOptions.table) { tool in
  try tool.arguments.refuse(SendOptions.status, with: SendOptions.flush)
  if let id = tool.arguments.value(SendOptions.status) { return try StatusCommand(tool).run(id) }
  if tool.arguments.has(SendOptions.flush) { return try FlushCommand(tool).run() }
  return try SendCommand(tool).run()
}
