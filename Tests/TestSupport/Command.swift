internal import Testing

/// Runs a program that has to succeed.
package func command(_ program: String, _ arguments: [String]) throws {
  let end = try run(program, arguments)
  #expect(end.status == 0, "\(program) \(arguments): \(end)")
}
