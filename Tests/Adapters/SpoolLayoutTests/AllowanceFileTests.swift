import Foundation
import SharedKernel
import SpoolLayout
import SystemCalls
import Testing
import TestSupport

/// The file of allowances is written by people and by `msg-pay allow`: the command changes the line of its account alone.
@Suite struct AllowanceFileTests {
  private let folder = TemporaryFolder()
  private static let new = "junseong 5 every day rollover no\n"

  /// Breaks when the lines of others are decoded, or when only LF ends a line.
  @Test(arguments: [
    ("minji 3 every week # caf\u{e9}\njunseong 1 every day\n", "minji 3 every week # caf\u{e9}\n"),
    ("junseong 1 every day\r\nminji 3 every week\r\n", "minji 3 every week\r\n"),
    ("\u{ef}\u{bb}\u{bf}junseong 1 every day\nminji 3 every week\n", "minji 3 every week\n"),
    ("# one\n\n  junseong 1 every day # old\n\n# two", "# one\n\n\n# two\n"),
  ])
  func otherLinesKeepTheirBytes(before: String, rest: String) throws {
    let path = folder.file("allowances")
    try #require(before.data(using: .isoLatin1)).write(to: URL(fileURLWithPath: path))
    try folder.write("format", "")
    let root = try SpoolRoot(opening: folder.path)
    let name = try #require(Name("junseong"))
    let line = AllowanceLine(account: name, amount: "5", period: "day", rollover: "no")
    try AllowanceLine.set(line, of: name, in: root, wait: .forever)
    #expect(String(data: try Data(contentsOf: URL(fileURLWithPath: path)), encoding: .isoLatin1) == rest + Self.new)
    try AllowanceLine.set(nil, of: name, in: root, wait: .forever)
    #expect(String(data: try Data(contentsOf: URL(fileURLWithPath: path)), encoding: .isoLatin1) == rest)
  }
}
