#if hasFeature(Embedded)
  // The searches of the standard library's string processing module, which does not exist in Embedded Swift: the same names and results.

  extension Collection where Element: Equatable {
    /// The first place of `other`; nil where it does not occur. Quadratic at worst: for short texts.
    package func firstRange<Other: Collection>(of other: Other) -> Range<Index>? where Other.Element == Element {
      var start = startIndex
      while true {
        if let end = end(of: other, at: start) { return start..<end }
        if start == endIndex { return nil }
        formIndex(after: &start)
      }
    }

    package func contains<Other: Collection>(_ other: Other) -> Bool where Other.Element == Element { firstRange(of: other) != nil }

    /// The parts between the places of a separator that is not empty.
    package func split<Separator: Collection>(
      separator: Separator, maxSplits: Int = .max, omittingEmptySubsequences: Bool = true
    ) -> [SubSequence] where Separator.Element == Element {
      var parts: [SubSequence] = []
      var start = startIndex
      while parts.count < maxSplits, let place = self[start...].firstRange(of: separator) {
        if !omittingEmptySubsequences || start < place.lowerBound { parts.append(self[start..<place.lowerBound]) }
        start = place.upperBound
      }
      if !omittingEmptySubsequences || start < endIndex { parts.append(self[start...]) }
      return parts
    }

    private func end<Other: Collection>(of other: Other, at start: Index) -> Index? where Other.Element == Element {
      var place = start
      for element in other {
        guard place < endIndex, self[place] == element else { return nil }
        formIndex(after: &place)
      }
      return place
    }
  }

  extension RangeReplaceableCollection where Element: Equatable {
    /// A copy with another text at every place of `other`, which is not empty.
    package func replacing<Other: Collection, Replacement: Collection>(
      _ other: Other, with replacement: Replacement
    ) -> Self where Other.Element == Element, Replacement.Element == Element {
      var result = Self()
      var start = startIndex
      while let place = self[start...].firstRange(of: other) {
        result.append(contentsOf: self[start..<place.lowerBound])
        result.append(contentsOf: replacement)
        start = place.upperBound
      }
      result.append(contentsOf: self[start...])
      return result
    }
  }
#endif
