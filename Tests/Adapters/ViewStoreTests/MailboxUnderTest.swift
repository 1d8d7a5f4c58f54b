import SpoolLayout
import Glibc
import Mailbox
import MaildirStore
import SharedKernel
import SystemCalls
import TestSupport
import Testing
import ViewStore

/// Alice's mailbox in a folder of its own, what programs do to it, and what a reader says of it, with a view and without.
final class MailboxUnderTest {
  let folder = TemporaryFolder()
  /// The names that are there, as `new/1.a.h`.
  private(set) var names: [String] = []
  private var generator: SeededRandom
  private var next = 0

  init(seed: UInt64 = 1) throws {
    generator = SeededRandom(seed: seed)
    for place in ["new", "cur", "tmp"] {
      try folder.write("mailboxes/alice/\(place)/x", "")
      #expect(erase("\(place)/x"))
    }
  }

  private func path(_ name: String) -> String { folder.file("mailboxes/alice/\(name)") }
  private func erase(_ name: String) -> Bool { unsafe unlink(path(name)) == 0 }
  private func link(_ name: String, _ other: String) -> Bool { unsafe Glibc.link(path(name), path(other)) == 0 }
  private func move(_ name: String, _ other: String) -> Bool { unsafe rename(path(name), path(other)) == 0 }

  func open(mayWrite: Bool = true, batch: Int = StoredView.batch) throws -> StoredView {
    let root = try SpoolRoot(opening: folder.path)
    let alice = try #require(Name("alice"))
    return try StoredView(
      of: alice, folders: MaildirMailbox(of: alice, in: root), in: root,
      mayWrite: mayWrite, keepsFrom: 1, batch: batch)
  }

  /// Another program flags everything that is read, and removes one in so many.
  func flagAll(removingEach step: Int) {
    for (index, old) in names.enumerated() where old.hasPrefix("cur") && !old.hasSuffix("F") {
      let name = "\(old.prefix { $0 != ":" }):2,F"
      #expect(move(old, name))
      names[index] = name
    }
    for index in stride(from: names.count - 1, through: 0, by: -step) {
      #expect(erase(names[index]))
      names.remove(at: index)
    }
  }

  /// Every message with all that lists show of it.
  static func lines(_ view: StoredView) throws -> [String] {
    try view.expect(complete: view.counts.total)
    var lines: [String] = []
    for number in 1..<max(1, view.counts.total + 1) {
      let entry = try view.entry(number)
      let whole = entry.isComplete ? entry : try #require(try view.completed(entry))
      var recipients: [String] = []
      whole.eachRecipient { recipients.append(String(decoding: $0, as: UTF8.self)) }
      #expect(try view.state(of: number) == whole.facts.state)
      lines.append(
        "\(number) \(whole.facts) \(MailboxEntry.Field.allCases.map { whole.text($0) }) \(recipients)"
      )
    }
    view.finish()
    return lines + ["\(view.counts) \(view.foreignEntries)"]
  }

  @discardableResult
  func deliver(_ count: Int = 1) throws -> [String] {
    try (0..<count).map { _ in
      next += 1
      // Some share a second, some come out of order, some have no time in their name.
      let seconds = 1_795_000_000 + (next / 3) + Int(generator.next() % 3)
      let name = generator.next() % 50 == 0 ? "strange-\(next)" : "\(seconds).M\(generator.next() % 100)_\(next).host"
      let file = generator.next() % 4 == 0 ? "cur/\(name):2,\(["", "S", "FS", "R"][next % 4])" : "new/\(name)"
      try folder.write(
        "mailboxes/alice/\(file)",
        "From: Bob \(next % 7) <bob@x>\nTo: a@x, b@x\nSubject: =?UTF-8?Q?=EC=95=88_\(next)?=\nMessage-ID: <\(next)@x>\n\ntext \"\(next)\"\n"
      )
      names.append(file)
      return file
    }
  }

  /// Something that another program does to some message.
  func disturb() throws {
    guard !names.isEmpty, generator.next() % 3 != 0 else {
      try deliver(Int(generator.next() % 4) + 1)
      return
    }
    let index = Int(generator.next() % UInt64(names.count))
    let old = names[index]
    let stem = stem(of: old)
    // mbsync numbers what it has synchronised.
    let base = generator.next() % 3 == 0 ? "\(stem),U=\(generator.next() % 9)" : stem
    // Of two names of one message, which every reader takes for one, no program makes a third.
    let isTwin = names.count { self.stem(of: $0) == stem } > 1
    switch isTwin ? 0 : generator.next() % 5 {
    case 0:
      #expect(erase(old))
      names.remove(at: index)
      return
    case 1 where old.hasPrefix("cur"): names[index] = "new/\(base)"
    default: names[index] = "cur/\(base):2,\(["", "S", "FS", "F", "RS", "Sab"][Int(generator.next() % 6)])"
    }
    if names[index] != old { #expect(move(old, names[index])) }
  }

  /// Removes the message that was delivered last.
  func removeNewest() {
    if let name = names.popLast() { #expect(erase(name)) }
  }

  /// Waits until a file that is written now is later than the last change of the folders: until their times can be trusted.
  func rest() throws {
    func modified(_ path: String) throws -> Duration { try #require(try FileStatus.atPath(path)).modified }
    let changed = try ["new", "cur"].map { try modified(path($0)) }.max() ?? .zero
    repeat { try folder.write("clock", "\(next)") } while try modified(folder.file("clock")) <= changed
  }

  /// What stays of a name.
  private func stem(of name: String) -> String {
    let base = String(name.dropFirst(4).split(separator: ":")[0])
    return base.firstRange(of: ",U=").map { String(base[..<$0.lowerBound]) } ?? base
  }

  /// A second name of a message, as a rename by link(2) and unlink(2) leaves it when it is interrupted.
  func twin() throws {
    guard let name = names.first(where: { $0.hasPrefix("cur/1") }) else { return }
    let base = String(name.dropFirst(4).split(separator: ":")[0])
    #expect(link(name, "new/\(base)"))
    names.append("new/\(base)")
  }

  func removeTwin() {
    guard let index = names.firstIndex(where: { $0.hasPrefix("cur/1") }) else { return }
    #expect(erase(names.remove(at: index)))
  }
}
