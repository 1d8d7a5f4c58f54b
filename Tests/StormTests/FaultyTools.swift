import TestSupport

/// Tools with a deliberate fault: scripts in front of the real ones, which do something wrong around what they were told to do.
enum FaultyTools: CaseIterable {
  case lostMessage, doubleDelivery, chargeWithoutMessage, lostAlarm, unmarkedRepeat, lyingStatus

  /// The beginning of what the auditor has to say.
  var violation: String {
    switch self {
    case .lostMessage: "was accepted, and "
    case .doubleDelivery: "was delivered 2 times to "
    case .chargeWithoutMessage: "should have cost 0, and by the book cost "
    case .lostAlarm: "no alarm told "
    case .unmarkedRepeat: "times without a mark"
    case .lyingStatus: "was refused or cancelled, and was delivered to "
    }
  }

  /// What the faulty tool does: after the real one has delivered a message at once, whose file in a mailbox is `$file`; or
  /// after `msg-alarmd --once`, with which each storm ends.
  private var script: String {
    switch self {
    case .lostMessage: "rm \"$file\""
    case .doubleDelivery: "cp \"$file\" \"${file%/*}/2${file##*/}\""
    case .chargeWithoutMessage: "rm \"$file\"; kill -KILL $$"
    case .lostAlarm: "sed -i '/\"arrived\"/d' \"$MSG_SPOOL/../hook.log\""
    case .unmarkedRepeat: "head -n 1 \"$MSG_SPOOL/../hook.log\" >> \"$MSG_SPOOL/../hook.log\""
    case .lyingStatus: "status=75"
    }
  }

  private var tool: String { self == .lostAlarm || self == .unmarkedRepeat ? "msg-alarmd" : "msg-send" }

  /// Returns the folder of the tools.
  func install(in folder: TemporaryFolder) throws -> String {
    for name in ["msg-send", "msg-read", "msg-pay", "msg-alarmd"] where name != tool {
      try folder.writeProgram("tools/\(name)", "#!/bin/sh\nexec '\(toolFolder)/\(name)' \"$@\"\n")
    }
    let real = "'\(toolFolder)/\(tool)' \"$@\""
    let faulty =
      tool == "msg-alarmd"
      ? """
      [ "$1" = --once ] || exec \(real)
      \(real); status=$?
      [ ! -s "$MSG_SPOOL/../hook.log" ] || \(script)
      exit $status
      """
      : """
      case "$*" in --print-id*--queue*|--print-id*--at*) exec \(real) ;; --print-id*) ;; *) exec \(real) ;; esac
      id=$(\(real)) status=$?
      [ -z "$id" ] || echo "$id"
      for file in "$MSG_SPOOL"/mailboxes/*/new/*."$id".*; do [ $status != 0 ] || [ ! -e "$file" ] || { \(script); }; done
      exit $status
      """
    try folder.writeProgram("tools/\(tool)", "#!/bin/sh\n\(faulty)\n")
    return folder.file("tools")
  }
}
