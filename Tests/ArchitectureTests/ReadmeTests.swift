import TestSupport
import Testing

/// Every command of the README's tour is run as it stands there, in one shell, and must print what it says it prints
/// (dates and ids aside). Breaks when the README promises what the programs do not do.
@Suite struct ReadmeTests {
  private func tour(in file: String = "README.md") throws -> Transcript { Transcript(markdown: try Repository.read(file)) }

  private func normalized(_ line: String) -> String {
    let digits = String(line.map { $0.isASCII && $0.isNumber && line.contains(":") ? "0" : $0 })
    return digits.replacing("+0000", with: "+ZONE")
  }

  @Test func theKoreanTourIsTheSame() throws { #expect(try tour(in: "README.ko.md").steps == tour().steps) }

  @Test func theTourIsTrue() throws {
    let tour = try tour()
    #expect(tour.steps.count > 20, "the tour was not found")
    let home = TemporaryFolder()
    let printed = try tour.run(in: Repository.path, environment: ["HOME": home.path, "TZ": "UTC", "TMPDIR": home.path])
    for (step, lines) in zip(tour.steps, printed) {
      #expect(lines.map(normalized) == step.output.map(normalized), "$ \(step.command)")
    }
  }
}
