import SharedKernel
import Testing

@testable import Mailbox

struct NumberingTests {
  private let view = MemoryView([
    (.new, "20.b.host"), (.cur, "10.M1.other:2,S"), (.cur, "20.a.host:2,S"), (.new, "3.x.host"),
    (.new, "30.01HF7YAT31JZVKXJ9FZQ6F6MG1.host,S=5"),
  ])

  private static let cases: [([String], [Int]?)] = [
    (["1"], [1]), (["2-4"], [2, 3, 4]), (["first", "last"], [1, 5]), (["next"], [1]), (["3", "3", "2-3"], [3, 2]), (["007"], nil),
    (["01HF7YAT31JZVKXJ9FZQ6F6MG1"], [5]), (["01hf7yat31jzvkxj9fzq6f6mg1"], [5]), (["10.M1.other"], [2]), (["5-5"], [5]),
    (["0"], nil), (["6"], nil), (["4-6"], nil), (["0-2"], nil), (["99999999999999999999"], nil), (["10.M1"], nil), (["nxt"], nil),
    (["1", "6"], nil), (["10.M1.other:2,S"], nil), (["1-2-3"], nil), (["１"], nil),
  ]

  private func numbers(_ words: [String]) throws -> [Int] {
    try view.numbers(named: words.map { try MessageReference(parsing: $0) })
  }

  // Fails when numbers depend on anything but delivery time and base name.
  @Test func numbering() {
    let bases = (1...5).map { number in (try? view.entry(number)).map { $0.message.base } ?? "" }
    #expect(bases == ["3.x.host", "10.M1.other", "20.a.host", "20.b.host", "30.01HF7YAT31JZVKXJ9FZQ6F6MG1.host,S=5"])
    #expect((try? view.numbers(with: .unread)) == [1, 4, 5])
  }

  // Fails when a reference names another message than it says.
  @Test(arguments: NumberingTests.cases)
  func references(words: [String], expected: [Int]?) throws {
    if let expected {
      #expect(try numbers(words) == expected)
    } else {
      #expect { try numbers(words) } throws: { ($0 as? Failure)?.kind == .notFound && ($0 as? Failure)?.remedy != nil }
    }
  }

  // Fails when what cannot be a range is looked up as if it were one.
  @Test(arguments: ["", "3-", "-3", "-", "5-3", "99999999999999999999-1"])
  func malformed(word: String) {
    #expect { try MessageReference(parsing: word) } throws: { ($0 as? Failure)?.kind == .usage }
  }

  // Fails when 'next' invents an error where there is simply nothing to read.
  @Test func nothingNext() {
    let read = MemoryView([(.cur, "1.a.h:2,S")])
    #expect { try read.numbers(named: [.next]) } throws: { ($0 as? Failure)?.kind == .nothing }
    #expect { try MemoryView([StoredMessage]()).numbers(named: [.last]) } throws: { ($0 as? Failure)?.message == "no message 1" }
    #expect { try MemoryView([StoredMessage]()).numbers(named: [MessageReference(parsing: "99999999999999999999")]) } throws: {
      ($0 as? Failure)?.message == "no message '99999999999999999999'"
    }
    #expect { try MessageReference(parsing: "2-") } throws: { ($0 as? Failure)?.remedy?.contains("both ends") == true }
  }
}
