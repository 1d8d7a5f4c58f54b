/// Rows in columns that line up by display width. On a terminal the last columns give way: the row ends at its edge.
package struct TextTable {
  /// How the cells of a column stand.
  package enum Alignment: Sendable { case left, right }

  private let alignments: [Alignment]
  /// Columns of the terminal; nil elsewhere, where nothing is cut.
  private let width: Int?
  /// At most how much of the terminal a column takes; nil for as much as it needs.
  private let shares: [Int: Int]
  private var rows: [[String]] = []

  /// `shares` are parts of the terminal's width by the index of their column: 4 for a quarter.
  package init(_ alignments: [Alignment], width: Int?, shares: [Int: Int] = [:]) {
    (self.alignments, self.width, self.shares) = (alignments, width, shares)
  }

  package mutating func add(_ row: [String]) { rows.append(row.map { TerminalText.visible($0) }) }

  /// The rows as lines, without spaces at their ends.
  package var lines: [String] {
    var widths = alignments.indices.map { column in rows.map { DisplayWidth.columns(of: $0[column]) }.max() ?? 0 }
    if let width { for (column, share) in shares { widths[column] = min(widths[column], max(8, width / share)) } }
    return rows.map { row in
      let cells = row.indices.map { column in
        alignments[column] == .left
          ? DisplayWidth.padded(row[column], to: widths[column])
          : String(repeating: " ", count: max(0, widths[column] - DisplayWidth.columns(of: row[column]))) + row[column]
      }
      var line = cells.joined(separator: "  ")[...]
      while line.last == " " { line.removeLast() }
      return width.map { DisplayWidth.fitted(String(line), to: $0) } ?? String(line)
    }
  }
}
