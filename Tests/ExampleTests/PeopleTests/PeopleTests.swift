import TestSupport
import Testing

/// What five people type from their first command to their last, and what they see. Breaks when something that they were shown changes.
@Suite struct PeopleTests {
  @Test(arguments: ["operator", "office", "script", "payments", "accountant"])
  func whatTheyTypeAndSee(person: String) throws {
    let transcript = Transcript(markdown: try Repository.read("Tests/ExampleTests/PeopleTests/\(person).md"))
    #expect(transcript.steps.count > 20, "\(person): no session was found")
    let home = TemporaryFolder()
    let path = "\(toolFolder):\(Repository.path)/spool-example/recipes:/usr/local/bin:/usr/bin:/bin"
    let environment = ["HOME": home.path, "TMPDIR": home.path, "TZ": "Asia/Seoul", "LANG": "C.UTF-8", "PATH": path]
    for (step, printed) in zip(transcript.steps, try transcript.run(in: home.path, environment: environment)) {
      let isAsWritten = printed.count == step.output.count && zip(printed, step.output).allSatisfy(Transcript.matches)
      #expect(isAsWritten, "$ \(step.command)\n\(printed.joined(separator: "\n"))\ninstead of\n\(step.output.joined(separator: "\n"))")
    }
  }
}
