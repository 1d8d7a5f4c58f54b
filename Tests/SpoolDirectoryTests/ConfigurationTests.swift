import SharedKernel
import SpoolDirectory
import Testing

/// The configuration file: what is read, and that whatever is wrong is named with its line.
@Suite struct ConfigurationTests {
  @Test func readsKeysAndComments() throws {
    let configuration = try Configuration(
      parsing: "# all of it\n\n price = 3 # each\r\ncurrency=원\nhooks = /a b#c\n", path: "config")
    #expect(try configuration.integer(.price, in: 0...10) == 3)
    #expect(configuration.text(.currency) == "원" && configuration.text(.hooks) == "/a b#c")
    #expect(configuration.text(.openingCredit) == "100" && !configuration.sets(.openingCredit))
  }

  @Test(arguments: [
    ("x = 1", 1), ("\n\nprice", 3), ("price = 1\nprice = 2", 2), ("= 1", 1), ("shared = maybe", 1), ("Price = 1", 1),
  ])
  func faultsAreNamedWithTheirLine(text: String, line: Int) {
    #expect { try Configuration(parsing: text, path: "config") } throws: { error in
      guard let failure = error as? Failure else { return false }
      return failure.kind == .configuration && failure.happened.hasPrefix("config:\(line): ")
    }
  }

  @Test func numbersHaveARange() throws {
    let configuration = try Configuration(parsing: "price = 11", path: "config")
    #expect(throws: Failure.self) { try configuration.integer(.price, in: 0...10) }
  }
}
