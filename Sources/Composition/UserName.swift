package import SharedKernel
internal import SystemCalls

/// Who the user is: the option, else `$MSG_USER`, else the login name of the real user id.
/// The one place that decides identity.
package func userName(option: String?) throws(Failure) -> Name {
  if let option { return try checked(option, source: "'\(option)'") }
  if let variable = CurrentProcess.environment("MSG_USER") { return try checked(variable, source: "$MSG_USER '\(variable)'") }
  let login = loginName(of: CurrentProcess.realUserID)
  return try checked(login, source: "the login name '\(login)'")
}

private func checked(_ text: String, source: String) throws(Failure) -> Name {
  guard let name = Name(text) else {
    throw Failure(
      .usage, "\(source) is no name", remedy: "a name has up to 64 letters, digits and . _ + - and begins with a letter, a digit or +")
  }
  return name
}
