package import SharedKernel
package import SystemCalls

/// The spool's `aliases`: lines of `word: name, name ...`; a line that begins with `#` is a comment.
package enum AliasFile {
  /// What each word stands for, and where that is written; empty where there is no such file.
  package static func read(in root: Directory) throws(Failure) -> [String: (targets: [String], place: String)] {
    let path = "\(root.path)/aliases"
    let bytes: [UInt8]
    do throws(SystemError) { bytes = try root.contents(of: "aliases", limit: 4 << 20) ?? [] } catch {
      throw Failure(.configuration, "\(path): \(error.code)", remedy: "make it a readable file")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(.configuration, "\(path): not UTF-8", remedy: "save it as UTF-8")
    }
    var aliases: [String: (targets: [String], place: String)] = [:]
    for (index, line) in lines(of: text).enumerated() {
      let words = line.split { " \t\r,".contains($0) }.map(String.init)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      let place = "\(path):\(index + 1)"
      guard let colon = line.firstIndex(of: ":") else {
        throw Failure(.configuration, "\(place): no colon", remedy: "write 'word: name, name'")
      }
      let heads = line[..<colon].split { " \t".contains($0) }
      let targets = line[line.index(after: colon)...].split { " \t\r,".contains($0) }.map(String.init)
      guard heads.count == 1, !targets.isEmpty else {
        throw Failure(.configuration, "\(place): not of the form 'word: name, name'", remedy: "an alias is one word with at least one name")
      }
      let word = String(heads[0])
      if let earlier = aliases[word] {
        throw Failure(.configuration, "\(place): alias '\(word)' is set a second time", remedy: "see \(earlier.place)")
      }
      aliases[word] = (targets, place)
    }
    return aliases
  }
}
