import TestSupport
import Testing

/// The shape of the checkout and of its sources.
@Suite struct LayoutTests {
  /// Beside these only dotfiles and what building leaves. Breaks when a file is put at the top.
  @Test func theTopLevelIsFixed() throws {
    let allowed: Set = [
      "Package.swift", "Sources", "Tests", "completions", "spool-example", "README.md", "README.ko.md", "ARCHITECTURE.md",
      "CHANGELOG.md", "LICENSE", "Makefile", "man", "Package.resolved",
    ]
    let foreignEntries = try Repository.topLevel().filter { !$0.hasPrefix(".") && !allowed.contains($0) }
    #expect(foreignEntries.isEmpty)
  }

  /// A file holds one concept; 300 lines is where that stops being true.
  @Test func sourceFilesAreShort() throws {
    for file in Repository.files(below: "Sources", suffix: ".swift") + Repository.files(below: "Tests", suffix: ".swift") {
      let lines = try Repository.read(file).split(separator: "\n", omittingEmptySubsequences: false).count
      #expect(lines <= 300, "\(file) has \(lines) lines")
    }
  }

  /// Whether a word stands in a line by itself, not as the end of a longer one.
  private func has(_ word: String, in line: Substring) -> Bool {
    line.ranges(of: word).contains { range in
      range.lowerBound == line.startIndex || !line[line.index(before: range.lowerBound)].isLetter
    }
  }

  /// Diagnostics go through one place, leftovers nowhere, and an error that matters is never dropped.
  @Test func sourcesKeepTheHouseRules() throws {
    let banned = ["TODO", "FIXME", "XXX", "fatalError(", "try!", "as!", "print(", "NSLog", "@unchecked Sendable"]
    for file in Repository.files(below: "Sources", suffix: ".swift") where !file.hasPrefix("Sources/Benchmarks/") {
      for (index, line) in try Repository.read(file).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        for word in banned where has(word, in: line) { Issue.record("\(file):\(index + 1) has '\(word)'") }
        if line.contains("try?"), ["sync(", "rename(", ".close("].contains(where: line.contains) {
          Issue.record("\(file):\(index + 1) drops the error of a call that durability depends on")
        }
      }
    }
  }
}
