package import SharedKernel
package import SpoolLayout
internal import SystemCalls

extension Arguments {
  /// Who the user is: the option's value, a name or an alias, else `$MSG_USER`, else the login name of the real user id.
  /// A name that is malformed is a usage error that says where it came from.
  package func userName(_ option: Option? = nil) throws(Failure) -> Name {
    if let option, let text = value(option) {
      guard let name = try named(text) else { throw invalid(text, from: "--\(option.long)", remedy: "write a name") }
      return name
    }
    if let text = CurrentProcess.environment("MSG_USER") { return try own(text, from: "$MSG_USER", remedy: "set it to a name") }
    let remedy = option.map { "give --\($0.long) NAME or set MSG_USER to one" } ?? "set MSG_USER to a name"
    return try own(loginName(of: CurrentProcess.realUserID), from: "your login name", remedy: remedy)
  }

  /// The name that a word stands for, which may be an alias of the spool; nil where it is neither. A usage error for a group.
  package func named(_ word: String) throws(Failure) -> Name? { try aliases().name(of: word) }

  /// The aliases of the spool that the command is about.
  package func aliases() throws(Failure) -> AliasNames { try AliasNames(spool: spoolLocation(option: value(CommonOptions.spool))) }

  /// A login name is not looked up in aliases, unless it is not a valid name.
  private func own(_ text: String, from origin: String, remedy: String) throws(Failure) -> Name {
    if let name = Name(text) { return name }
    guard let name = try named(text) else { throw invalid(text, from: origin, remedy: remedy) }
    return name
  }

  private func invalid(_ text: String, from origin: String, remedy: String) -> Failure {
    Failure(.usage, "\(origin): invalid name '\(text)'", remedy: "\(remedy) of letters, digits and . _ + -, at most 64")
  }
}
