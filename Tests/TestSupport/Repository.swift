internal import Foundation

/// The checkout that the tests were built from.
package enum Repository {
  package static let path: String = {
    var url = URL(fileURLWithPath: #filePath)
    while url.path != "/", !FileManager.default.fileExists(atPath: url.appendingPathComponent("Package.swift").path) {
      url.deleteLastPathComponent()
    }
    return url.path
  }()

  package static func read(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

  /// The files below a folder, by their path from the top, sorted.
  package static func files(below folder: String, suffix: String = "") -> [String] {
    let names = FileManager.default.enumerator(atPath: "\(path)/\(folder)")?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(suffix) }.map { "\(folder)/\($0)" }.sorted()
  }

  package static func topLevel() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
