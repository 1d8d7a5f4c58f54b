package import SharedKernel

/// Names as mail addresses: `alice <alice@localhost>`, valid RFC 5322, and a reader shows the bare name.
package enum Address {
  /// Longest line we write; RFC 5322 section 2.1.1 asks for 78 where it can be had.
  private static let lineLength = 78

  package static func format(_ name: Name) -> String {
    // Dots make a display name a quoted one; in a local part they must stand alone between other characters.
    let display = name.text.contains(".") ? "\"\(name)\"" : name.text
    let isDotAtom = !name.text.hasSuffix(".") && !name.text.contains("..")
    return "\(display) <\(isDotAtom ? name.text : "\"\(name)\"")@localhost>"
  }

  /// A name as a mail address, without what stands around it and without quotes.
  package static func address(of name: Name) -> String { "\(name)@localhost" }

  /// A list of addresses, folded.
  package static func format(_ names: [Name], indent: Int) -> String {
    var (text, column) = ("", indent)
    for (index, name) in names.enumerated() {
      let address = format(name)
      if index > 0 {
        let wraps = column + address.utf8.count + 2 > lineLength
        text += wraps ? ",\n " : ", "
        column = wraps ? 1 : column + 2
      }
      text += address
      column += address.utf8.count
    }
    return text
  }

  /// One address of a field value, as a person reads it.
  package struct Parsed: Hashable, Sendable {
    /// What stands before the `@`, or the whole address where there is none.
    package let localPart: String
    /// The display name, decoded; nil for none.
    package let display: String?
    /// What stands behind the `@`; nil for none.
    package let domain: String?
  }

  /// The addresses of a field value, as far as they can be made out (RFC 5322 section 3.4; comments and groups are not looked into).
  /// `unlabelled` is asked for the character set of a display name that is no UTF-8.
  package static func parse(_ value: [UInt8], unlabelled: @autoclosure () -> Charset? = nil) -> [Parsed] {
    split(value).compactMap { part in
      if let open = part.lastIndex(of: UInt8(ascii: "<")) {
        let address = part[(open + 1)...].prefix { $0 != UInt8(ascii: ">") }
        let display = EncodedWord.decode(Array(unquoted(trimmed(part[..<open]))), unlabelled: unlabelled())
        return Parsed(localPart: localPart(address), display: display.isEmpty ? nil : display, domain: domain(address))
      }
      let address = trimmed(part)
      return address.isEmpty ? nil : Parsed(localPart: localPart(address), display: nil, domain: domain(address))
    }
  }

  /// Splits at the commas outside quotes.
  private static func split(_ value: [UInt8]) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var (start, isQuoted, isEscaped) = (0, false, false)
    for (index, byte) in value.enumerated() {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if byte == UInt8(ascii: ","), !isQuoted {
        parts.append(value[start..<index])
        start = index + 1
      }
    }
    return parts + [value[start...]]
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let front = bytes.drop { $0 == 32 || $0 == 9 }
    return front.lastIndex { $0 != 32 && $0 != 9 }.map { front[...$0] } ?? []
  }

  private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else { return Array(bytes) }
    var (result, isEscaped): ([UInt8], Bool) = ([], false)
    for byte in bytes.dropFirst().dropLast() {
      if byte == UInt8(ascii: "\\"), !isEscaped {
        isEscaped = true
      } else {
        result.append(byte)
        isEscaped = false
      }
    }
    return result
  }

  private static func domain(_ address: ArraySlice<UInt8>) -> String? {
    let address = trimmed(address)
    return address.lastIndex(of: UInt8(ascii: "@")).map { String(decoding: address[($0 + 1)...], as: UTF8.self) }
  }

  private static func localPart(_ address: ArraySlice<UInt8>) -> String {
    let trimmedAddress = trimmed(address)
    let local = trimmedAddress.lastIndex(of: UInt8(ascii: "@")).map { trimmedAddress[..<$0] } ?? trimmedAddress
    return String(decoding: unquoted(local), as: UTF8.self)
  }
}
