import TestSupport
import Testing

/// The dependency rule, held on the imports that are really written: an incremental build accepts an import that
/// Package.swift does not declare, and Package.swift itself could be widened by one word. Breaks with any new arrow.
@Suite struct ImportTests {
  private static let floor: Set = ["CSystemShims", "SystemCalls", "DurableFiles"]
  private static let words: Set = ["SharedKernel", "JSONText", "MessageFormat"]
  private static let contexts: Set = ["Sending", "Payments", "Mailbox", "Alarms"]
  private static let adapters: Set = [
    "SpoolDirectory", "OutboxStore", "MaildirStore", "ViewStore", "LedgerStore", "GatewayStore", "GatewayProcess", "FeedStore",
    "AlarmStore",
    "HookProcess", "SpoolWatcher",
  ]
  private static let tools: Set = ["msg-send", "msg-read", "msg-pay", "msg-alarmd", "msg-bench"]
  private static let system: Set = ["Glibc", "Synchronization"]

  /// What a module may import of the project, and of the toolchain.
  private static func allowed(_ module: String) -> Set<String> {
    switch module {
    case "SystemCalls": ["CSystemShims", "Glibc"]
    case "DurableFiles": ["SystemCalls", "SharedKernel"]
    case "SharedKernel", "JSONText": []
    case "MessageFormat": ["SharedKernel"]
    case _ where contexts.contains(module): words
    case _ where adapters.contains(module): words.union(contexts).union(["SystemCalls", "DurableFiles"])
    case "CommandLineTool": ["SystemCalls", "DurableFiles", "SharedKernel"]
    case "Composition": words.union(contexts).union(adapters).union(["SystemCalls", "DurableFiles", "CommandLineTool"])
    case "msg-bench": ["Glibc", "SystemCalls"]
    default: words.union(contexts).union(adapters).union(["SystemCalls", "DurableFiles", "CommandLineTool", "Composition"])
    }
  }

  private static func imports(in text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let index = words.firstIndex(of: "import"), index <= 1, index + 1 < words.count, !line.hasPrefix(" ") else { return nil }
      return String(words[index + 1])
    }
  }

  @Test func everyImportFollowsTheRule() throws {
    let files = Repository.files(below: "Sources", suffix: ".swift")
    #expect(files.count > 50, "the sources were not found, so nothing was checked")
    for file in files {
      let module = String(file.split(separator: "/")[1])
      for name in Self.imports(in: try Repository.read(file)) {
        #expect(Self.allowed(module).contains(name), "\(file) imports \(name)")
      }
    }
  }

  /// A module that no rule knows would be allowed everything.
  @Test func everyModuleIsKnown() {
    let known = Self.floor.union(Self.words).union(Self.contexts).union(Self.adapters).union(Self.tools).union([
      "CommandLineTool", "Composition", "msg-bench-floor", "msg-bench-bank",
    ])
    let found = Set(Repository.files(below: "Sources").compactMap { $0.split(separator: "/").dropFirst().first.map(String.init) })
    #expect(found.subtracting(known).isEmpty)
    #expect(known.subtracting(found).isEmpty)
  }
}
