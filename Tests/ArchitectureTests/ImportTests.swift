import TestSupport
import Testing

/// The dependency rule, derived from the folder that a file is in, and held on the imports that are really written: an incremental build
/// accepts an import that Package.swift does not declare, and Package.swift itself could be widened by one word.
@Suite struct ImportTests {
  /// The modules of each folder of `Sources`, as they are in the checkout.
  private static let folders: [String: Set<String>] = {
    var folders: [String: Set<String>] = [:]
    for file in Repository.files(below: "Sources") {
      let parts = file.split(separator: "/").map(String.init)
      if parts.count > 3 { folders[parts[1], default: []].insert(parts[2]) }
    }
    return folders
  }()

  /// The folders whose modules a folder may import beside its own, and the modules of the toolchain.
  private static let rule: [String: (folders: Set<String>, system: Set<String>)] = [
    "Platform": ([], []),
    "Kernel": ([], []),
    "Contexts": (["Kernel"], []),
    "Adapters": (["Kernel", "Contexts", "Platform"], []),
    "Commands": (["Kernel", "Contexts", "Platform", "Adapters"], []),
    "Benchmarks": (["Kernel", "Contexts", "Platform", "Adapters", "Commands"], ["Glibc"]),
  ]

  /// Modules that the others in their folder may import.
  private static func neighbours(of module: String, in folder: String) -> Set<String> {
    switch folder {
    case "Contexts": []
    case "Adapters": module == "SpoolLayout" ? [] : ["SpoolLayout"]
    // Tools share the libraries of their folder, and never each other.
    default: (folders[folder] ?? []).subtracting([module]).filter { !$0.hasPrefix("msg-") }
    }
  }

  private static func allowed(_ module: String, in folder: String) -> Set<String> {
    guard let rule = rule[folder] else { return [] }
    let below = rule.folders.flatMap { folders[$0] ?? [] }
    return rule.system.union(below).union(neighbours(of: module, in: folder))
  }

  private static func imports(in text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let index = words.firstIndex(of: "import"), index <= 1, index + 1 < words.count, !line.hasPrefix(" ") else { return nil }
      return String(words[index + 1])
    }
  }

  /// Breaks with any new arrow between folders, contexts or adapters.
  @Test func everyImportFollowsTheFolder() throws {
    let files = Repository.files(below: "Sources", suffix: ".swift")
    #expect(files.count > 50, "the sources were not found, so nothing was checked")
    for file in files {
      let parts = file.split(separator: "/").map(String.init)
      for name in Self.imports(in: try Repository.read(file)) {
        #expect(Self.allowed(parts[2], in: parts[1]).contains(name), "\(file) imports \(name)")
      }
    }
  }

  /// A folder that no rule knows would be allowed nothing, and a file beside the modules belongs to none.
  @Test func theFoldersAreTheArchitecture() {
    #expect(Set(Self.folders.keys) == Set(Self.rule.keys))
    let contexts: Set = ["Sending", "Ledger", "Gateways", "Mailbox", "Alarms"]
    #expect(Self.folders["Contexts"] == contexts)
  }

  /// Reading costs no money: msg-read links nothing of the payments, directly or through another module.
  @Test func aReaderLinksNoPayments() throws {
    var reached: Set = ["msg-read"]
    var open = ["msg-read"]
    while let module = open.popLast() {
      for file in Repository.files(below: "Sources", suffix: ".swift") where file.contains("/\(module)/") {
        for name in Self.imports(in: try Repository.read(file)) where reached.insert(name).inserted { open.append(name) }
      }
    }
    #expect(reached.contains("MaildirStore"), "nothing was followed")
    let payments = reached.intersection(["Ledger", "Gateways", "LedgerStore", "GatewayClient", "PaymentRouting", "Assembly"])
    #expect(payments.isEmpty, "\(payments.sorted())")
  }

  /// Every test target is where its module is: `Tests` mirrors `Sources`.
  @Test func testsMirrorSources() throws {
    var strays: [String] = []
    for file in Repository.files(below: "Tests", suffix: ".swift") {
      let parts = file.split(separator: "/").map(String.init)
      guard let modules = Self.folders[parts[1]] else { continue }
      if !modules.contains(String(parts[2].dropLast("Tests".count))) { strays.append(file) }
    }
    #expect(strays.isEmpty, "\(strays)")
  }
}
