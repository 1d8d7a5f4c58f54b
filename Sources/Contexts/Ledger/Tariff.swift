package import SharedKernel

/// What a message costs. Length is counted as Korean carriers do: an ASCII character one byte, every other two.
package struct Tariff: Hashable, Sendable {
  /// Messages up to a length, and their price.
  package struct Class: Hashable, Sendable {
    package let name: String
    /// Inclusive.
    package let maximumBytes: Int
    package let price: Amount
  }

  /// Why a `tariff` is none.
  package struct Malformed: Error, Hashable, Sendable { package let complaint: String }

  private enum Form: Hashable { case flat(Amount), classes([Class]) }
  private let form: Form

  /// The same price for every length.
  package init(flat price: Amount) { form = .flat(price) }

  /// Reads `short:90:1, long:2000:3`: names, inclusive lengths that rise, prices.
  package init(parsing text: String, in currency: Currency = Currency("credit")) throws(Malformed) {
    var classes: [Class] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let fields = part.split(separator: ":", omittingEmptySubsequences: false).map { Tariff.trimmed($0) }
      guard fields.count == 3, !fields[0].isEmpty else { throw Malformed(complaint: "'\(Tariff.trimmed(part))' is not name:bytes:price") }
      guard let bytes = Int(fields[1]), bytes > 0 else { throw Malformed(complaint: "'\(fields[1])' is no length in bytes") }
      guard let price = currency.amount(fields[2]) else { throw Malformed(complaint: "'\(fields[2])' is no price") }
      if let last = classes.last, last.maximumBytes >= bytes {
        throw Malformed(complaint: "'\(fields[0])' is not longer than '\(last.name)'")
      }
      if classes.contains(where: { $0.name == fields[0] }) { throw Malformed(complaint: "'\(fields[0])' is there twice") }
      classes.append(Class(name: fields[0], maximumBytes: bytes, price: price))
    }
    form = .classes(classes)
  }

  /// What a message costs. The text's final newline is not counted; one that is longer than the last class is 65.
  package func quote(subject: String, text: [UInt8]) throws(Failure) -> Quote {
    let subjectBytes = Tariff.length(Array(subject.utf8)[...])
    let textBytes = Tariff.length(text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...])
    let bytes = subjectBytes + textBytes
    switch form {
    case .flat(let price): return Quote(price: price, tariffClass: nil, subjectBytes: subjectBytes, textBytes: textBytes)
    case .classes(let classes):
      guard let fitting = classes.first(where: { bytes <= $0.maximumBytes }) else {
        let limit = classes.last.map { "'\($0.name)' ends at \($0.maximumBytes)" } ?? "there is no class"
        throw Failure(
          .badData, "the message counts \(bytes) bytes and the tariff's last class \(limit)", remedy: "shorten it, or send it in parts")
      }
      return Quote(price: fitting.price, tariffClass: fitting, subjectBytes: subjectBytes, textBytes: textBytes)
    }
  }

  /// The greatest length of a text, beside a subject, as it is counted; nil where every length costs the same.
  package func maximumLength(subject: String) -> Int? {
    guard case .classes(let classes) = form else { return nil }
    return max(0, (classes.last?.maximumBytes ?? 0) - Tariff.length(Array(subject.utf8)[...]))
  }

  /// Bytes of UTF-8 as a carrier counts them: ASCII one, every other character two.
  package static func length(_ bytes: ArraySlice<UInt8>) -> Int {
    // Only the byte that begins a character counts; 10xxxxxx goes on with one.
    bytes.reduce(0) { $0 + ($1 < 0x80 ? 1 : $1 >= 0xc0 ? 2 : 0) }
  }

  private static func trimmed(_ text: Substring) -> String {
    let front = text.drop { $0 == " " || $0 == "\t" }
    return String(front.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}

/// A price and how it came about.
package struct Quote: Hashable, Sendable {
  /// Of one copy.
  package let price: Amount
  /// Nil for a flat price.
  package let tariffClass: Tariff.Class?
  package let subjectBytes: Int
  package let textBytes: Int

  /// The price of a send to several; 65 when that is more than the book can hold.
  package func total(copies: Int) throws(Failure) -> Amount {
    guard let total = price.times(copies) else {
      throw Failure(.badData, "\(copies) copies at \(price) cost more than the book can hold", remedy: "name fewer recipients")
    }
    return total
  }

  /// Why it costs that: `short: 34 of 90 bytes (subject 4, text 30; ASCII counts 1, Hangul 2)`.
  package var reason: String {
    let parts = subjectBytes > 0 ? "subject \(subjectBytes), text \(textBytes); " : ""
    guard let tariffClass else { return "flat price, whatever the length" }
    return "\(tariffClass.name): \(subjectBytes + textBytes) of \(tariffClass.maximumBytes) bytes (\(parts)ASCII counts 1, Hangul 2)"
  }
}
