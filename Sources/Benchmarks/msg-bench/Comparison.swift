/// Programs run in turn, and what their times say about the first of them. Times are nanoseconds.
struct Comparison {
  private let programs: [Program]
  private var times: [[Int64]]

  /// Runs each of the programs `count` times, in turn, after one round that does not count.
  init(_ programs: [Program], count: Int) throws {
    self.programs = programs
    times = Array(repeating: [], count: programs.count)
    for program in programs { _ = try program.run() }
    for _ in 0..<count {
      for (index, program) in programs.enumerated() { times[index].append(try program.run()) }
    }
  }

  /// A table of the programs, then the first one's ratio to each of the others.
  func report() throws -> String {
    var lines = ["                    median       min   runs"]
    for (program, times) in zip(programs, times) {
      lines.append("\(column(program.name, 16)) \(milliseconds(median(times)))  \(milliseconds(times.min() ?? 0))  \(times.count)")
    }
    for (other, program) in programs.enumerated().dropFirst() {
      let ofMedians = Double(median(times[0])) / Double(median(times[other]))
      let ofPairs = median(zip(times[0], times[other]).map { Double($0) / Double($1) })
      lines.append(
        "\(programs[0].name) takes \(hundredths(ofMedians)) times \(program.name) (medians), \(hundredths(ofPairs)) times (median of the pairs)"
      )
    }
    let linked = try programs.map { "\($0.name) \(try $0.isStatic() ? "static" : "dynamic")" }
    lines.append("linked: \(linked.joined(separator: ", "))")
    return lines.joined(separator: "\n") + "\n"
  }

  private func median<Number: Comparable>(_ numbers: [Number]) -> Number { numbers.sorted()[numbers.count / 2] }

  private func column(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

  private func milliseconds(_ time: Int64) -> String {
    let text = String(time / 1000 % 1000)
    let shown = "\(time / 1_000_000).\(String(repeating: "0", count: 3 - text.count))\(text) ms"
    return String(repeating: " ", count: max(0, 9 - shown.count)) + shown
  }

  private func hundredths(_ ratio: Double) -> String {
    let number = Int((ratio * 100).rounded())
    return "\(number / 100).\(number % 100 / 10)\(number % 10)"
  }
}
