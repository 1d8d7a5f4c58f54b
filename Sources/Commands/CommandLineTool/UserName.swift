package import SharedKernel
internal import SystemCalls

extension Arguments {
  /// Who the user is: the option's value, else `$MSG_USER`, else the login name of the real user id.
  /// A name that is malformed is a usage error that says where it came from.
  package func userName(_ option: Option? = nil) throws(Failure) -> Name {
    if let option, let text = value(option) { return try name(text, from: "--\(option.long)", remedy: "write a name") }
    if let text = CurrentProcess.environment("MSG_USER") { return try name(text, from: "$MSG_USER", remedy: "set it to a name") }
    let remedy = option.map { "give --\($0.long) NAME or set MSG_USER to one" } ?? "set MSG_USER to a name"
    return try name(loginName(of: CurrentProcess.realUserID), from: "your login name", remedy: remedy)
  }

  private func name(_ text: String, from origin: String, remedy: String) throws(Failure) -> Name {
    guard let name = Name(text) else {
      throw Failure(.usage, "\(origin): invalid name '\(text)'", remedy: "\(remedy) of letters, digits and . _ + -, at most 64")
    }
    return name
  }
}
