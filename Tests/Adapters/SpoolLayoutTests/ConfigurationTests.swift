import SharedKernel
import SpoolLayout
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
    ("currency = a;b", 1), ("\ncurrency = say \"x\"", 2), ("mail-charset = x-none", 1),
  ])
  func faultsAreNamedWithTheirLine(text: String, line: Int) {
    #expect { try Configuration(parsing: text, path: "config") } throws: { error in
      guard let failure = error as? Failure else { return false }
      return failure.kind == .configuration && failure.message.hasPrefix("config:\(line): ")
    }
  }

  /// Breaks when a gateway's keys are not found by its name, or a key that only looks like one is let through.
  @Test func gatewaysHaveKeysOfTheirOwn() throws {
    let configuration = try Configuration(
      parsing: "gateway = b-1\ngateway.b-1 = exec true\ngateway.b-1.timeout = 5\ngateway.A = exec false\n", path: "config")
    #expect(configuration.gatewayNames == ["A", "b-1"])
    #expect(try configuration.integer(GatewayField.timeout.setting(of: "b-1"), in: 0...10) == 5)
    #expect(configuration.text(GatewayField.timeout.setting(of: "A")) == "610")
    for key in ["gateway.", "gateway..slots", "gateway.a.", "gateway.a.b", "gateway.a.slots.x", "gateway.a b", "gateway.-a", "gatewayx"] {
      #expect(throws: Failure.self, "\(key)") { try Configuration(parsing: "\(key) = 1", path: "config") }
    }
  }

  @Test func numbersHaveARange() throws {
    let configuration = try Configuration(parsing: "price = 11", path: "config")
    #expect(throws: Failure.self) { try configuration.integer(.price, in: 0...10) }
  }
}
