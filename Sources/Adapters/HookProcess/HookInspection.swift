package import Alarms
internal import SharedKernel
internal import SpoolLayout
package import SystemCalls

/// What can be told of a hook without running it.
package struct HookInspection: Hashable, Sendable {
  /// Why it cannot start, or will not do its work.
  package internal(set) var problems: [String] = []
  /// The receivers that its settings list; nil where they list none, so that it may serve all.
  package internal(set) var receivers: Set<String>?
  /// Whether it also serves receivers whose name is a telephone number.
  package internal(set) var servesNumbers = false

  /// Whether it would skip the alarms of a receiver.
  package func skips(_ receiver: String) -> Bool {
    guard let receivers, !receivers.contains(receiver) else { return false }
    return !(servesNumbers && receiver.drop { $0 == "+" }.allSatisfy { $0.isNumber } && receiver.count > 3)
  }
}

extension HookFolder {
  /// Bytes of a hook that are looked at: the first line and the comments behind it.
  private static let inspected = 8192

  /// Looks at a hook that may be run.
  package func inspect(_ hook: HookName) throws(SystemError) -> HookInspection {
    var inspection = HookInspection()
    guard case .fit(let program) = try examine(hook) else { return inspection }
    if let obstacle = try program.obstacle() { inspection.problems.append(obstacle) }
    do {
      let script = ScriptHead(try program.firstBytes(HookFolder.inspected))
      if let problem = try script.startProblem() { inspection.problems.append(problem) }
      for program in script.needs where try !isProgram(program) {
        inspection.problems.append("\(program) is missing: install it, or name its place in the hook")
      }
    } catch {
      // What may be run and not be read is not looked into.
      guard error.code == .accessDenied || error.code == .notPermitted else { throw error }
    }
    let settings: [UInt8]?
    do { settings = try Directory(opening: path).contents(of: "\(hook).conf", limit: SizeLimit.configuration) } catch {
      if error.mayPass { throw error }
      settings = nil
    }
    if let settings { HookFolder.findReceivers(in: String(decoding: settings, as: UTF8.self), &inspection) }
    return inspection
  }

  /// RECEIVERS='NAME ADDRESS ...', a line each, or RECEIVER=NAME, as the hooks that come along have them.
  private static func findReceivers(in settings: String, _ inspection: inout HookInspection) {
    var list: Set<String>?
    var quote: Character?
    for line in settings.split(omittingEmptySubsequences: false, whereSeparator: { $0.isNewline }) {
      var rest = line[...]
      if quote == nil {
        if let name = value(of: "RECEIVER", in: line), !name.isEmpty, !name.contains("$") { inspection.receivers = [name] }
        guard line.hasPrefix("RECEIVERS="), let mark = line.dropFirst(10).first, mark == "'" || mark == "\"" else { continue }
        (quote, list) = (mark, [])
        rest = line.dropFirst(11)
      }
      let entry = rest.prefix { $0 != quote }
      if let name = entry.split(whereSeparator: { $0.isWhitespace }).first, !name.hasPrefix("#") { list?.insert(String(name)) }
      if entry.count < rest.count { quote = nil }
    }
    guard let list else { return }
    (inspection.receivers, inspection.servesNumbers) = (list, true)
  }

  private static func value(of key: String, in line: Substring) -> String? {
    guard line.hasPrefix("\(key)=") else { return nil }
    let value = line.dropFirst(key.count + 1).prefix { $0 != "#" }
    return String(value.filter { !$0.isWhitespace && $0 != "'" && $0 != "\"" })
  }
}

/// Whether a hook would find that program.
private func isProgram(_ name: String) throws(SystemError) -> Bool {
  let places = name.hasPrefix("/") ? [name] : HookCall.searchPath.split(separator: ":").map { "\($0)/\(name)" }
  for place in places where try isExecutable(place) { return true }
  return false
}

private func isExecutable(_ path: String) throws(SystemError) -> Bool {
  do {
    guard let status = try FileStatus.atPath(path) else { return false }
    return status.kind == .file && status.mode & 0o111 != 0
  } catch {
    if error.code == .notDirectory || error.code == .accessDenied || error.code == .loop { return false }
    throw error
  }
}

/// The beginning of a hook.
private struct ScriptHead {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Why execve(2) or the interpreter refuses it; nil where nothing is wrong.
  func startProblem() throws(SystemError) -> String? {
    if bytes.isEmpty { return "empty: write the hook, or move it away" }
    if bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]) { return nil }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return "begins with a byte order mark (BOM): save it without one" }
    guard bytes.starts(with: Array("#!".utf8)) else { return "neither a program nor a script: its first line must be #!INTERPRETER" }
    let line = String(decoding: bytes.dropFirst(2).prefix { $0 != 10 }, as: UTF8.self)
    if line.unicodeScalars.contains("\r") { return "its first line ends with a carriage return (CR): save it with Unix line ends" }
    let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
    guard let interpreter = words.first else { return "its first line names no interpreter: write #!/bin/sh" }
    if try !isExecutable(interpreter) { return "its interpreter \(interpreter) is missing: install it, or correct the first line" }
    guard interpreter.hasSuffix("/env") else { return nil }
    // What stands behind the interpreter is one word, unless env is told to split it.
    let isSplit = words.dropFirst().first?.hasPrefix("-") ?? false
    let named = words.dropFirst().filter { !$0.hasPrefix("-") && !$0.contains("=") }
    guard let program = named.first else { return "its first line names no program for env: write #!/usr/bin/env PROGRAM" }
    if !isSplit, words.count > 2 {
      return "its first line gives env more than one word: write #!/usr/bin/env -S \(named.joined(separator: " "))"
    }
    return try isProgram(program) ? nil : "its interpreter \(program) is missing: install it, or correct the first line"
  }

  /// The programs that a comment at the beginning names: `# Needs: curl, jq.`
  var needs: [String] {
    var programs: [String] = []
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: { $0.isNewline }) {
      guard line.hasPrefix("#") else { break }
      guard let begin = line.range(of: "Needs:") else { continue }
      for word in line[begin.upperBound...].split(whereSeparator: { $0.isWhitespace }) {
        let name = word.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "._+/-".contains($0)) }
        let program = name.hasSuffix(".") ? name.dropLast() : name
        if program.isEmpty { break }
        programs.append(String(program))
        if word.last != "," { break }
      }
    }
    return programs
  }
}

extension Substring {
  /// Where some words stand; nil where they do not.
  fileprivate func range(of words: String) -> Range<Index>? {
    indices.first { self[$0...].hasPrefix(words) }.map { $0..<index($0, offsetBy: words.count) }
  }
}
