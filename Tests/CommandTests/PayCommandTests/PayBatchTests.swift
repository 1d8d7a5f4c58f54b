import JSONText
import TestSupport
import Testing

/// Many top-ups and charges at once.
@Suite struct PayBatchTests {
  private let spool = TestSpool()
  private func batch(_ words: [String], _ lines: [String]) throws -> (status: Int32, answers: [JSONValue]) {
    let run = try spool.run("msg-pay", words + ["--batch"], input: lines.joined(separator: "\n"))
    return (run.status, try run.lines.map { try JSONValue(parsing: $0) })
  }
  private func balance(_ account: String) throws -> String { try spool.run("msg-pay", ["balance", account]).output }

  /// Breaks when a line is not answered, one that is wrong stops others, or a batch that is given again moves anything.
  @Test func everyLineIsAnswered() throws {
    let lines = [
      #"{"id":"a","account":"alice","amount":500,"memo":"first, second"}"#, "", #"{"id":"b","account":"bob","amount":7}"#,
      #"{"id":"a","account":"alice","amount":501}"#, #"{"id":"a","account":"alice","amount":500,"memo":"first, second"}"#,
      "{nonsense", #"{"id":"c","account":"alice","amount":-1}"#, #"{"id":"d","account":"no/name","amount":1}"#,
      #"{"account":"alice","amount":1}"#, #"{"id":"e","account":"alice","amount":1,"note":"x"}"#,
      #"{"id":"f","account":"alice","amount":1000000000000000}"#,
    ]
    for _ in 0..<2 {
      let (status, answers) = try batch(["topup", "--open"], lines)
      #expect(status == 65)
      #expect(answers.map { $0["line"]?.integer } == [1, 3, 4, 5, 6, 7, 8, 9, 10, 11])
      #expect(
        answers.map { $0["state"]?.string } == [
          "topup", "topup", "failed", "topup", "failed", "failed", "failed", "failed", "failed", "topup",
        ])
      #expect(answers[0]["balance"]?.integer == 600 && answers[3]["balance"]?.integer == 600 && answers[1]["balance"]?.integer == 107)
      #expect(answers[2]["error"]?.string?.contains("'a' is the key of another request") == true && answers[2]["id"]?.string == "a")
    }
    #expect(try balance("alice") == "1000000000000600\n" && balance("bob") == "107\n")
    #expect(try spool.run("msg-pay", ["history", "--json"]).lines.count == 5)
    #expect(try spool.run("msg-pay", ["verify"]).status == 0)
  }

  /// Breaks when a spreadsheet's heading is taken for a request, or its amounts for keys.
  @Test func aHeadingMayHaveOtherColumns() throws {
    let lines = ["date,account,amount,key,memo", "2026-11-02,alice,5,INV-1,\"ads, november\"", "2026-11-03,alice,x,INV-2,"]
    let (status, answers) = try batch(["topup", "--open"], lines)
    #expect(status == 64 && answers.map { $0["state"]?.string } == ["topup", "failed"], "\(answers)")
    #expect(answers.map { $0["id"]?.string } == ["INV-1", "INV-2"] && answers[1]["account"] == "alice")
    #expect(try balance("alice") == "105\n")
    let other = try batch(["charge"], [#"{"key":"k","account":"alice","amount":5}"#])
    #expect(other.status == 0 && other.answers[0]["id"] == "k", "\(other)")
  }

  @Test func commaSeparatedValues() throws {
    try spool.folder.write("spool/config", "currency = EUR\ndecimals = 2\nopening-credit = 0\n")
    #expect(try run("chmod", ["700", spool.path]).status == 0)
    let (status, answers) = try batch(
      ["topup", "--open"],
      ["account,amount,id,memo", #"alice,10.50,"k,1","a ""quoted"" memo""#, "bob,0.05,k2", "bob,1.234,k3", "bob,1,2,3,4"])
    #expect(status == 65 && answers.map { $0["state"]?.string } == ["topup", "topup", "failed", "failed"], "\(answers)")
    #expect(answers[0]["id"]?.string == "k,1" && answers[0]["amount"]?.integer == 1050)
    #expect(try balance("alice") == "10.50\n" && balance("bob") == "0.05\n")
    let (charged, results) = try batch(["charge"], ["c1,alice,10", "c2,bob,0.06", "c3,carol,1", "c1,alice,10"])
    #expect(charged == 77 && results.map { $0["state"]?.string } == ["charged", "failed", "failed", "charged"], "\(results)")
    #expect(results[1]["error"]?.string?.contains("bob has 0.05 EUR and this costs 0.06") == true)
    #expect(try balance("alice") == "0.50\n")
    let journal = try spool.run("msg-pay", ["journal"]).output
    let check = try run("hledger", ["-f", "-", "check", "-s", "ordereddates"], input: journal, environment: ["LANG": "C.UTF-8"])
    #expect(check.status == 0, "\(check)")
  }

  /// Breaks when lines do not share their syncs.
  @Test func manyLinesShareAnAppend() throws {
    #expect(try spool.run("msg-pay", ["topup", "alice", "1", "--open"]).status == 0)
    try spool.folder.write("lines", (0..<256).map { "k\($0),alice,1\n" }.joined())
    let traced = try run(
      "sh",
      [
        "-c",
        "strace -f -e trace=fdatasync,pwrite64 -o '\(spool.folder.file("trace"))' '\(toolFolder)/msg-pay' topup --batch < '\(spool.folder.file("lines"))'",
      ],
      environment: ["MSG_SPOOL": spool.path, "MSG_USER": "alice"])
    #expect(traced.status == 0 && traced.lines.count == 256, "\(traced)")
    #expect(try spool.folder.read("trace").split(separator: "\n").count { $0.contains("fdatasync(") } == 1)
    #expect(try balance("alice") == "357\n")
  }

  @Test func usage() throws {
    for words in [["topup", "alice", "5"], ["charge", "--id", "k"], ["topup", "--memo", "x"]] {
      #expect(try spool.run("msg-pay", words + ["--batch"], input: "").status == 64, "\(words)")
    }
    #expect(try spool.run("msg-pay", ["charge", "--batch"], input: "k,alice,1\n").status == 66)
  }
}
