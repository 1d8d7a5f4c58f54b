import SharedKernel
import Testing

@testable import CommandLineTool

struct ArgumentParserTests {
  // Fails when of two values one is dropped without a word.
  @Test(arguments: [["--subject=a", "--subject", "b"], ["-s", "a", "-sb"], ["--subject", "a", "-s", "a"]])
  func aValueIsGivenOnce(words: [String]) {
    #expect { try SampleTable.plain.parse(words) } throws: {
      ($0 as? Failure)?.kind == .usage && ($0 as? Failure)?.message == "--subject is given twice"
    }
  }

  private let table = SampleTable.plain

  // Fails when bundled flags, attached values or the end of options are taken apart wrongly.
  @Test(arguments: [
    (["-pa"], []), (["-p", "-a"], []), (["--peek", "--all"], []), (["x", "-pa", "y"], ["x", "y"]), (["-pa", "--", "-p"], ["-p"]),
    (["-pa", "-"], ["-"]), (["-pa", "--", "--", "x"], ["--", "x"]), (["-pa", ""], [""]),
  ])
  func flags(words: [String], operands: [String]) throws {
    let arguments = try table.parse(words)
    #expect(arguments.has(SampleTable.peek) && arguments.has(SampleTable.all) && !arguments.has(SampleTable.wait))
    #expect(arguments.operands == operands)
  }

  // Fails when a value is lost, cut at a second '=', or a mark that joins the sign before it hides the sign.
  @Test(arguments: [
    (["--subject", "hi"], "hi"), (["--subject=hi"], "hi"), (["-s", "hi"], "hi"), (["-shi"], "hi"), (["-pshi"], "hi"),
    (["--subject="], ""), (["--subject=a=b"], "a=b"), (["--subject", "--peek"], "--peek"), (["-s", "--"], "--"),
    (["--subject=\u{301}x"], "\u{301}x"), (["-s\u{338}x"], "\u{338}x"),
  ])
  func values(words: [String], subject: String) throws {
    let arguments = try table.parse(words)
    #expect(arguments.value(SampleTable.subject)?.unicodeScalars.elementsEqual(subject.unicodeScalars) == true)
    #expect(arguments.operands.isEmpty)
  }

  // Fails when an optional value swallows the word behind it.
  @Test func optionalValues() throws {
    let alone = try table.parse(["--wait", "30"])
    #expect(alone.has(SampleTable.wait) && alone.value(SampleTable.wait) == nil && alone.operands == ["30"])
    #expect(try table.parse(["--wait=30"]).value(SampleTable.wait) == "30")
  }

  // Fails when a wrong command line is accepted, or its sentence does not say what to do.
  @Test(arguments: [
    (["--subjcet", "x"], "unknown option --subjcet: did you mean --subject?"),
    (["--sub=x"], "unknown option --sub: did you mean --subject?"),
    (["--zzz"], "unknown option --zzz: see 'sample-tool --help'"),
    (["--all=yes"], "--all takes no value: write --all alone"),
    (["-px"], "unknown option -x: see 'sample-tool --help'"),
    (["-5"], "unknown option -5: see 'sample-tool --help'"),
    (["--subject"], "--subject needs a value: write --subject TEXT"),
    (["-ps"], "-s needs a value: write -s TEXT"),
    (["--=x"], "unknown option --: see 'sample-tool --help'"),
  ])
  func refusals(words: [String], sentence: String) {
    #expect { try table.parse(words) } throws: { error in
      let failure = error as? Failure
      return failure?.kind == .usage && failure?.description == sentence
    }
  }

  // Fails when options before or behind a subcommand are lost, or another command's options are let through.
  @Test func subcommands() throws {
    let bank = SampleTable.withCommands
    let arguments = try bank.parse(["--all", "history", "bob", "--account", "alice", "-5"])
    #expect(arguments.command?.name == "history" && arguments.has(SampleTable.all))
    #expect(arguments.value(SampleTable.account) == "alice" && arguments.operands == ["bob", "-5"])
    #expect(try bank.parse(["--json", "balance"]).has(SampleTable.json))
    for (words, sentence) in [
      (["balance", "--account=a"], "'sample-bank balance' has no option --account: it goes with history"),
      (["--json"], "sample-bank has no option --json: it goes with balance, history"),
      (["balnce"], "unknown command 'balnce': did you mean 'balance'?"),
      (["transmogrify"], "unknown command 'transmogrify': see 'sample-bank --help'"),
    ] {
      #expect { try bank.parse(words) } throws: { ($0 as? Failure)?.description == sentence }
    }
  }

  // Fails when a number outside its range, or no number, is taken for one.
  @Test(arguments: ["", "x", "1.5", "-1", "11", "99999999999999999999", "０"])
  func numbers(text: String) throws {
    let arguments = try table.parse(["--subject=\(text)"])
    #expect(throws: Failure.self) { try arguments.integer(SampleTable.subject, in: 0...10) }
    #expect(try table.parse(["--subject=10"]).integer(SampleTable.subject, in: 0...10) == 10)
  }
}
