package import SharedKernel
internal import SystemCalls

/// Where the spool is: `--spool DIR`, else `$MSG_SPOOL`, else `$XDG_STATE_HOME/msgspool`, else `~/.local/state/msgspool`.
package func spoolLocation(option: String?) throws(Failure) -> String {
  if let option {
    if option.isEmpty { throw Failure(.usage, "--spool '': an empty name is no folder", remedy: "name the spool") }
    return option
  }
  if let path = CurrentProcess.environment("MSG_SPOOL") { return path }
  // XDG Base Directory Specification: a relative path there is invalid and to be ignored.
  if let state = CurrentProcess.environment("XDG_STATE_HOME"), state.hasPrefix("/") { return "\(state)/msgspool" }
  guard let home = CurrentProcess.environment("HOME") else {
    throw Failure(.usage, "no spool named and $HOME is not set", remedy: "give --spool DIR or set MSG_SPOOL")
  }
  return "\(home)/.local/state/msgspool"
}
