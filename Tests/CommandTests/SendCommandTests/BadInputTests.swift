import TestSupport
import Testing

/// Bad input gets a clear sentence and its status, and changes nothing.
@Suite struct BadInputTests {
  private let spool = TestSpool()

  private static let usage: [[String]] = [
    [], ["--frob", "bob", "hi"], ["--subjct", "x", "bob", "hi"], ["-Z", "bob", "hi"], ["../etc", "hi"], ["a/b", "hi"], ["a\nb", "hi"],
    [String(repeating: "x", count: 300), "hi"], ["bob,", "hi"], [".bob", "hi"], ["--from", "a/b", "bob", "hi"],
    ["--timeout", "x", "bob", "hi"],
    ["--timeout", "0", "bob", "hi"], ["--timeout", "-1", "bob", "hi"], ["--timeout", "nan", "bob", "hi"],
    ["--timeout", "", "bob", "hi"], ["--timeout", ".", "bob", "hi"], ["--timeout", "1.2.3", "bob", "hi"],
    ["--timeout", "1e1", "bob", "hi"],
    ["--timeout", "+5", "bob", "hi"], ["--timeout", "0.000999", "bob", "hi"], ["--timeout", "86400.000001", "bob", "hi"],
    ["--timeout", "0x5", "bob", "hi"], ["--timeout", "99999999999999999999", "bob", "hi"],
    ["--priority", "high", "bob", "hi"], ["--subject"], ["--spool", "", "bob", "hi"], ["--json=yes", "bob", "hi"],
  ]

  @Test(arguments: usage) func usageErrorsAre64(arguments: [String]) throws {
    let outcome = try spool.run("msg-send", arguments)
    #expect(outcome.status == 64 && outcome.output.isEmpty && outcome.errors.hasPrefix("msg-send: "), "\(outcome)")
    #expect(spool.folder.names(in: "spool").isEmpty)
  }

  @Test(arguments: ["5", "5.", ".5", "0.5000009", "007.25", "86400", "86400.000000"]) func timeoutsAreDecimalNumbers(timeout: String) throws
  {
    let outcome = try spool.run("msg-send", ["--timeout", timeout, "bob", "hi"])
    #expect(outcome.status == 0, "\(outcome)")
  }

  @Test func anUnknownOptionSuggestsTheNearest() throws {
    #expect(try spool.run("msg-send", ["--subjct", "x", "bob", "hi"]).errors.contains("--subject"))
  }

  @Test(arguments: ["", " \n\t\n", "a\0b"]) func badTextIs65(text: String) throws {
    let outcome = try spool.run("msg-send", ["bob"], input: text)
    #expect(outcome.status == 65 && outcome.errors.hasPrefix("msg-send: "), "\(outcome)")
    #expect(spool.folder.names(in: "spool").isEmpty)
  }

  @Test func invalidUTF8() throws {
    let shell = { (command: String) in try self.spool.run("sh", ["-c", command.replacingTool()]) }
    #expect(try shell("printf 'a\\377b' | TOOL bob").status == 65)
    #expect(try shell("TOOL bob \"$(printf 'a\\377')\"").status == 65)
    #expect(try shell("TOOL -s \"$(printf 'a\\377')\" bob hi").status == 65)
    #expect(try shell("TOOL \"$(printf 'a\\377')\" hi").status == 64)
    #expect(spool.folder.names(in: "spool").isEmpty)
  }

  /// 100 MiB are not read to the end: the writer is told by a broken pipe.
  @Test func hugeTextIsRefusedEarly() throws {
    let outcome = try spool.run("sh", ["-c", "head -c 104857600 /dev/zero | tr '\\0' a | TOOL bob".replacingTool()])
    #expect(outcome.status == 65 && outcome.errors.contains("1048576"), "\(outcome)")
    #expect(spool.folder.names(in: "spool").isEmpty)
  }

  /// An error of the file that is read is not a text that is too large, whatever the error is.
  @Test(arguments: ["ENOSPC", "EIO"]) func aFailureToReadIsNotASize(error: String) throws {
    let trace = "strace -qq -o /dev/null -e trace=read -P /dev/zero -e inject=read:error=\(error) TOOL bob < /dev/zero"
    let outcome = try spool.run("sh", ["-c", trace.replacingTool()])
    #expect(outcome.status == 74 && outcome.errors.contains("standard input cannot be read"), "\(outcome)")
    #expect(spool.folder.names(in: "spool").isEmpty)
  }

  @Test func theSizeLimitIsInclusive() throws {
    try spool.folder.write("spool/config", "max-size = 10\n")
    #expect(try spool.run("msg-send", ["bob", "0123456789"]).status == 0)
    #expect(try spool.run("msg-send", ["bob", "0123456789x"]).status == 65)
  }

  @Test func closedStandardStreams() throws {
    let shell = { (command: String) in try self.spool.run("sh", ["-c", command.replacingTool()]) }
    #expect(try shell("TOOL bob <&-").status == 74)
    #expect(try shell("TOOL --print-id bob hi >&-").status == 74)
    #expect(try shell("TOOL --print-id bob hi >/dev/full").status == 74)
    #expect(spool.messages(of: "bob").isEmpty)
    // Nothing is printed, so nothing can fail.
    #expect(try shell("TOOL bob hi >&- 2>&-").status == 0)
    // The answer comes after the delivery: the sentence says so.
    let late = try shell("TOOL --json bob hi >/dev/full")
    #expect(late.status == 74 && late.errors.contains("WAS delivered"), "\(late)")
    #expect(spool.messages(of: "bob").count == 2)
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }
}

extension String {
  /// A shell line with the built msg-send in the place of `TOOL`.
  func replacingTool() -> String {
    split(separator: "TOOL", omittingEmptySubsequences: false).joined(separator: "'\(toolFolder)/msg-send'")
  }
}
