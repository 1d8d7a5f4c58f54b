internal import MessageFormat

/// Reads the parts of a message (RFC 2046), and chooses between those that say the same.
struct PartReader {
  /// Parts within parts beyond this depth are not looked into.
  static let maximumDepth = 8
  /// Parts beyond so many, all levels together, are not looked at.
  private static let maximumParts = 500

  /// What is shown of a message, in order.
  enum Piece {
    case plain([UInt8])
    case html([UInt8])
    /// Text of another kind, with its media type and its bytes in the message.
    case other([UInt8], mediaType: String, size: Int)
    /// A line for a part that is a file or no text.
    case attachment([UInt8])

    /// The smaller one is chosen of alternatives; only what shows something counts.
    var rank: Int {
      switch self {
      case .plain(let text) where PartReader.showsSomething(text): 0
      case .html(let text) where PartReader.showsSomething(text): 1
      case .other(let text, _, _) where PartReader.showsSomething(text): 2
      default: 3
      }
    }
  }

  private let unlabelled: Charset?
  private var count = 0

  init(unlabelled: Charset?) { self.unlabelled = unlabelled }

  /// One text of several pieces, each on lines of its own. Of several, one that shows nothing is left out.
  static func text(of pieces: [Piece]) -> [UInt8] {
    let shown = pieces.filter { if case .attachment = $0 { true } else { $0.rank < 3 } }
    var result: [UInt8] = []
    for piece in shown.isEmpty ? Array(pieces.prefix(1)) : shown {
      if let last = result.last, last != 10 { result.append(10) }
      switch piece {
      case .plain(let text), .html(let text), .other(let text, _, _), .attachment(let text): result += text
      }
    }
    return result
  }

  /// What is shown of a message or part; empty for a multipart that has no parts.
  mutating func pieces(_ header: HeaderFields, _ body: ArraySlice<UInt8>, size: Int, depth: Int = 0) -> [Piece] {
    let type = ContentType(header.bytes("content-type"))
    let disposition = header.bytes("content-disposition").map { ContentType($0) }
    let isMessage = type.mediaType == "message/rfc822" && depth > 0
    // Mail without a type, or with one that cannot be read, is text (RFC 2045 section 5.2).
    let isText = type.mediaType.hasPrefix("text/") || !type.mediaType.contains("/")
    let isMultipart = type.mediaType.hasPrefix("multipart/")
    if disposition?.mediaType == "attachment" && (depth > 0 || !isMultipart) || !(isText || isMultipart || isMessage) {
      let name = disposition?.text("filename", unlabelled: unlabelled) ?? type.text("name", unlabelled: unlabelled)
      return [.attachment(PartReader.line(name, type.mediaType, size))]
    }
    if isMultipart {
      guard let boundary = type.boundary, depth < PartReader.maximumDepth else { return [] }
      return pieces(type.mediaType, PartReader.parts(of: body, boundary: boundary), depth)
    }
    if isMessage {
      guard depth < PartReader.maximumDepth else { return [] }
      let bytes = Array(body)
      let inner = HeaderFields(of: bytes)
      return pieces(inner, bytes[inner.bodyStart...], size: bytes.count - inner.bodyStart, depth: depth + 1)
    }
    let decoded = TransferEncoding.decoded(body, encoding: header.text("content-transfer-encoding"))
    guard type.mediaType == "text/html" else {
      let text = Charset.utf8(decoded[...], in: type.charset, unlabelled: unlabelled)
      let isPlain = type.mediaType == "text/plain" || !type.mediaType.contains("/")
      return [isPlain ? .plain(text) : .other(text, mediaType: type.mediaType, size: size)]
    }
    let text = Charset.utf8(decoded[...], in: type.charset ?? HTMLText.charset(of: decoded), unlabelled: unlabelled)
    return [.html(HTMLText.text(text))]
  }

  private mutating func pieces(_ mediaType: String, _ parts: [ArraySlice<UInt8>], _ depth: Int) -> [Piece] {
    var all: [[Piece]] = []
    for part in parts {
      count += 1
      if count > PartReader.maximumParts { break }
      let bytes = Array(part)
      let header = HeaderFields(of: bytes)
      all.append(pieces(header, bytes[header.bodyStart...], size: bytes.count - header.bodyStart, depth: depth + 1))
    }
    return mediaType == "multipart/alternative" ? PartReader.chosen(of: all) : all.flatMap { $0 }
  }

  /// Of alternatives the first that is plain and shows something, else the first page, else the first that can be read. Of the others no
  /// more is shown than a line for what is neither.
  private static func chosen(of alternatives: [[Piece]]) -> [Piece] {
    let ranks = alternatives.map { $0.map { $0.rank }.min() ?? 4 }
    guard let best = ranks.min(), let choice = ranks.firstIndex(of: best) else { return [] }
    let others = alternatives.enumerated().filter { $0.offset != choice }.flatMap { $0.element }
    return alternatives[choice]
      + others.compactMap { piece in
        switch piece {
        case .attachment: piece
        case .other(_, let mediaType, let size): .attachment(line(nil, mediaType, size))
        case .plain, .html: nil
        }
      }
  }

  private static func line(_ name: String?, _ mediaType: String, _ size: Int) -> [UInt8] {
    let shown = name.map { Summary.oneLine($0) + ", " } ?? ""
    return Array("[attached: \(shown)\(Summary.oneLine(mediaType)), \(size) bytes]\n".utf8)
  }

  /// Whether there is anything but white space and characters without a width in a text.
  private static func showsSomething(_ text: [UInt8]) -> Bool {
    // Nearly all texts begin with something that shows.
    if let first = text.first, (33...126).contains(first) { return true }
    return String(decoding: text, as: UTF8.self).unicodeScalars.contains {
      !$0.properties.isWhitespace && !$0.properties.isDefaultIgnorableCodePoint
    }
  }

  /// The parts between the boundary lines (RFC 2046 section 5.1.1); the line end before a boundary belongs to it.
  static func parts(of body: ArraySlice<UInt8>, boundary: [UInt8]) -> [ArraySlice<UInt8>] {
    let marker = Array("--".utf8) + boundary
    var (parts, start): ([ArraySlice<UInt8>], Int?) = ([], nil)
    var position = body.startIndex
    while position < body.endIndex, parts.count <= maximumParts {
      let end = body[position...].firstIndex(of: 10) ?? body.endIndex
      let line = body[position..<end]
      let tail = line.dropFirst(marker.count)
      let isClosing = tail.starts(with: "--".utf8)
      // Another boundary may begin with this one: nothing but white space may follow.
      if line.starts(with: marker), isClosing || tail.allSatisfy({ $0 == 32 || $0 == 9 || $0 == 13 }) {
        if let start { parts.append(withoutLineEnd(body[start..<max(start, position)])) }
        start = min(end + 1, body.endIndex)
        if isClosing { return parts }
      }
      position = end + 1
    }
    // A message cut short has no closing line.
    if let start { parts.append(body[start...]) }
    return parts
  }

  private static func withoutLineEnd(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var part = part
    if part.last == 10 { part.removeLast() }
    if part.last == 13 { part.removeLast() }
    return part
  }
}
