extension Name {
  /// Whether the other name may be meant by this one: one letter more, less, other or exchanged with its neighbour, or written in other
  /// cases. Names that differ in digits alone are those of a series, or telephone numbers.
  package func isNear(_ other: Name) -> Bool {
    if self == other { return false }
    let (mine, theirs) = (Array(text.utf8), Array(other.text.utf8))
    if abs(mine.count - theirs.count) > 1 { return false }
    if text.lowercased() == other.text.lowercased() { return true }
    let start = zip(mine, theirs).prefix { $0 == $1 }.count
    let end = zip(mine.dropFirst(start).reversed(), theirs.dropFirst(start).reversed()).prefix { $0 == $1 }.count
    let (left, right) = (mine[start..<mine.count - end], theirs[start..<theirs.count - end])
    if (left + right).allSatisfy({ (48...57).contains($0) }) { return false }
    let isExchange = left.count == 2 && right.count == 2 && left.first == right.last && left.last == right.first
    return max(left.count, right.count) <= 1 || isExchange
  }
}
