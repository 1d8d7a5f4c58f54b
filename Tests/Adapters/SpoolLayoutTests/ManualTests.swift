import SpoolLayout
import TestSupport
import Testing

@Suite struct ManualTests {
  /// Breaks when a key of the configuration is added, or its default changed, and msgspool(5) is not.
  @Test func everyKeyIsInTheManual() throws {
    let list = try #require(try Repository.read("man/msgspool.5").split(separator: ".\\\" Every key").last?.split(separator: ".SH ").first)
    let entries = list.matches(of: /\.TP\n\.BR ([a-z\\-]+) " = ?(.*)"\n/)
      .map { "\($0.1.replacing("\\-", with: "-")) = \($0.2.replacing("\\-", with: "-"))" }
    #expect(entries.sorted() == Setting.all.map { "\($0.key) = \($0.standard)" }.sorted())
  }
}
