// swift-tools-version: 6.3
// The folders are the architecture: what a target may import follows from the folder it is in. See ARCHITECTURE.md; a test holds the rule.
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

// What is installed keeps to the part of the language that Embedded Swift compiles: typed errors, class-bound protocols, no key paths.
let installed: [SwiftSetting] = strict + [.treatWarning("EmbeddedRestrictions", as: .error)]

// Process start dominates a send, so a release tool is one static file that needs no loader.
let standalone: [LinkerSetting] = [
  .unsafeFlags(["-static-executable"], .when(configuration: .release))
]

/// A library in one of the folders of `Sources`.
func library(_ folder: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)", swiftSettings: installed)
}

/// An adapter. Any of them may use the platform, the kernel and the spool's layout; `dependencies` are the contexts it serves.
func adapter(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  library("Adapters", name, ["SystemCalls", "DurableFiles", "SharedKernel", "SpoolLayout"] + dependencies)
}

func tool(_ folder: String, _ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Sources/\(folder)/\(name)",
    swiftSettings: folder == "Benchmarks" ? strict : installed, linkerSettings: standalone)
}

/// A test target in one of the folders of `Tests`. `exclude` names files that are no Swift.
func tests(_ folder: String, _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: ["TestSupport"] + dependencies, path: folder.isEmpty ? "Tests/\(name)" : "Tests/\(folder)/\(name)",
    exclude: exclude, swiftSettings: strict)
}

let package = Package(
  name: "msgspool",
  products: [
    .executable(name: "msg-send", targets: ["msg-send"]),
    .executable(name: "msg-read", targets: ["msg-read"]),
    .executable(name: "msg-pay", targets: ["msg-pay"]),
    .executable(name: "msg-alarmd", targets: ["msg-alarmd"]),
  ],
  targets: [
    // Platform: the operating system, and what is durable on it.
    .target(name: "CSystemShims", path: "Sources/Platform/CSystemShims"),
    library("Platform", "SystemCalls", ["CSystemShims"]),
    library("Platform", "DurableFiles", ["SystemCalls"]),

    // Kernel: the words that every part shares. No input or output, no clock.
    library("Kernel", "SharedKernel"),
    library("Kernel", "JSONText"),
    library("Kernel", "MessageFormat", ["SharedKernel"]),

    // Contexts: the rules, with ports as protocols.
    library("Contexts", "Sending", ["SharedKernel", "MessageFormat"]),
    library("Contexts", "Ledger", ["SharedKernel"]),
    library("Contexts", "Gateways", ["SharedKernel"]),
    library("Contexts", "Mailbox", ["SharedKernel", "MessageFormat"]),
    library("Contexts", "Alarms", ["SharedKernel", "MessageFormat", "JSONText"]),

    // Adapters: one technique each.
    library("Adapters", "SpoolLayout", ["SystemCalls", "DurableFiles", "SharedKernel", "MessageFormat"]),
    adapter("OutboxStore", ["MessageFormat", "Sending"]),
    adapter("MaildirStore", ["MessageFormat", "Mailbox", "Sending"]),
    adapter("ViewStore", ["Mailbox"]),
    adapter("LedgerStore", ["Ledger"]),
    adapter("GatewayClient", ["Gateways"]),
    adapter("FeedStore", ["MessageFormat", "Sending", "Alarms"]),
    adapter("AlarmStore", ["JSONText", "Alarms"]),
    adapter("HookProcess", ["Alarms"]),
    adapter("FileWatching", []),
    adapter("MountTesting", []),
    adapter("PaymentRouting", ["MessageFormat", "Sending", "Ledger", "Gateways"]),
    adapter("SentMessages", ["MessageFormat", "Sending", "Mailbox", "Ledger"]),

    // Commands: which adapter serves which port, and the four tools.
    library("Commands", "CommandLineTool", ["SystemCalls", "SharedKernel", "SpoolLayout"]),
    library(
      "Commands", "MailboxAssembly",
      [
        "SystemCalls", "SharedKernel", "MessageFormat", "Mailbox", "MaildirStore", "ViewStore", "FeedStore", "SpoolLayout",
        "CommandLineTool",
      ]),
    library(
      "Commands", "Assembly",
      [
        "SystemCalls", "DurableFiles", "SharedKernel", "MessageFormat", "Sending", "Ledger", "Gateways", "SpoolLayout", "OutboxStore",
        "MaildirStore", "LedgerStore", "GatewayClient", "FeedStore", "PaymentRouting", "SentMessages", "CommandLineTool",
      ]),
    tool(
      "Commands", "msg-send",
      [
        "SystemCalls", "SharedKernel", "JSONText", "MessageFormat", "Sending", "Ledger", "Gateways", "Mailbox", "MaildirStore", "ViewStore",
        "GatewayClient", "SpoolLayout", "SentMessages", "CommandLineTool", "MailboxAssembly", "Assembly",
      ]),
    tool(
      "Commands", "msg-read",
      [
        "SystemCalls", "SharedKernel", "JSONText", "Mailbox", "MaildirStore", "ViewStore", "FileWatching", "SpoolLayout",
        "CommandLineTool", "MailboxAssembly",
      ]),
    tool(
      "Commands", "msg-pay",
      [
        "SystemCalls", "SharedKernel", "JSONText", "Sending", "Ledger", "Gateways", "LedgerStore", "GatewayClient", "PaymentRouting",
        "MountTesting", "SpoolLayout", "CommandLineTool", "Assembly",
      ]),
    tool(
      "Commands", "msg-alarmd",
      [
        "SystemCalls", "DurableFiles", "SharedKernel", "JSONText", "MessageFormat", "Alarms", "FeedStore", "AlarmStore", "HookProcess",
        "FileWatching", "SpoolLayout", "CommandLineTool", "MailboxAssembly", "Assembly",
      ]),

    // Benchmarks: what a send, a look and an alarm cost, beside what they must cost. Not installed.
    tool("Benchmarks", "msg-bench", ["SystemCalls"]),
    .executableTarget(
      name: "msg-bench-floor", path: "Sources/Benchmarks/msg-bench-floor",
      linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"], .when(configuration: .release))]),
    .executableTarget(name: "msg-bench-bank", path: "Sources/Benchmarks/msg-bench-bank", linkerSettings: standalone),

    .target(name: "TestSupport", dependencies: ["SystemCalls"], path: "Tests/TestSupport", swiftSettings: strict),
    // Messages in a spool's outbox and feed, for the tests of several adapters.
    .target(
      name: "FeedFixtures", dependencies: ["TestSupport", "SpoolLayout", "SystemCalls", "SharedKernel", "MessageFormat"],
      path: "Tests/FeedFixtures",
      swiftSettings: strict),
    // The ledger's book without a disk.
    .target(name: "LedgerFixtures", dependencies: ["Ledger", "SharedKernel"], path: "Tests/LedgerFixtures", swiftSettings: strict),
    tests("Platform", "SystemCallsTests", ["SystemCalls"]),
    tests("Platform", "DurableFilesTests", ["DurableFiles", "SystemCalls"]),
    tests("Kernel", "SharedKernelTests", ["SharedKernel", "MessageFormat"]),
    tests("Kernel", "JSONTextTests", ["JSONText"]),
    tests("Kernel", "MessageFormatTests", ["SharedKernel", "MessageFormat"]),
    tests("Contexts", "SendingTests", ["Sending", "SharedKernel", "MessageFormat"]),
    tests("Contexts", "LedgerTests", ["LedgerFixtures", "Ledger", "SharedKernel"]),
    tests("Contexts", "GatewaysTests", ["Gateways", "SharedKernel"]),
    tests("Contexts", "MailboxTests", ["Mailbox", "SharedKernel", "MessageFormat"]),
    tests("Contexts", "AlarmsTests", ["Alarms", "SharedKernel", "JSONText", "MessageFormat"]),
    tests("Adapters", "SpoolLayoutTests", ["SpoolLayout", "SystemCalls", "SharedKernel"]),
    tests(
      "Adapters", "OutboxStoreTests", ["OutboxStore", "Sending", "SpoolLayout", "SharedKernel", "MessageFormat", "SystemCalls"]),
    tests(
      "Adapters", "PaymentRoutingTests",
      ["LedgerFixtures", "PaymentRouting", "Sending", "Ledger", "Gateways", "SharedKernel", "MessageFormat"]),
    tests("Adapters", "MaildirStoreTests", ["MaildirStore", "Mailbox", "SpoolLayout", "SharedKernel", "SystemCalls"]),
    tests("Adapters", "ViewStoreTests", ["ViewStore", "Mailbox", "MaildirStore", "SpoolLayout", "SharedKernel", "SystemCalls"]),
    tests("Adapters", "LedgerStoreTests", ["LedgerStore", "Ledger", "SpoolLayout", "SharedKernel", "SystemCalls"]),
    tests("Adapters", "GatewayClientTests", ["GatewayClient", "Gateways", "SpoolLayout", "SharedKernel", "SystemCalls", "msg-pay"]),
    tests(
      "Adapters", "FeedStoreTests", ["FeedFixtures", "FeedStore", "Alarms", "SpoolLayout", "SharedKernel", "MessageFormat", "SystemCalls"]),
    tests(
      "Adapters", "AlarmStoreTests",
      ["FeedFixtures", "AlarmStore", "Alarms", "SpoolLayout", "SharedKernel", "MessageFormat", "SystemCalls", "DurableFiles"]),
    tests("Adapters", "HookProcessTests", ["FeedFixtures", "HookProcess", "Alarms", "SharedKernel", "MessageFormat", "SystemCalls"]),
    tests("Adapters", "FileWatchingTests", ["FeedFixtures", "FileWatching", "SystemCalls"]),
    tests("Commands", "CommandLineToolTests", ["CommandLineTool", "SharedKernel"]),
    // The built tools, driven as a user drives them.
    tests("CommandTests", "SendCommandTests", ["msg-send", "JSONText", "SpoolLayout"]),
    tests("CommandTests", "PayCommandTests", ["msg-pay", "JSONText"]),
    tests("CommandTests", "ReadCommandTests", ["msg-read", "JSONText"]),
    tests(
      "CommandTests", "AlarmCommandTests",
      ["msg-alarmd", "JSONText", "FeedStore", "SpoolLayout", "SharedKernel", "MessageFormat", "SystemCalls"]),
    tests("", "CrashTests", ["JSONText"], exclude: ["short-write.c"]),
    tests(
      "CommandTests", "CompletionTests", ["msg-send", "msg-read", "msg-pay", "msg-alarmd"], exclude: ["type-into.py"]),
    // Random commands at once, killed at random, and an audit from outside.
    tests("", "StormTests"),
    tests("", "ModelTests", exclude: ["message.pml", "payment.pml", "deferred.pml"]),
    // What is shipped as an example: hooks, and gateways on a real database server and against a misbehaving provider.
    tests("ExampleTests", "HookTests", exclude: ["http-fake.py"]),
    tests("ExampleTests", "GatewayScriptTests", exclude: ["provider.py"]),
    tests("ExampleTests", "RecipeTests"),
    // What five people type, from their first command to their last.
    tests("ExampleTests", "PeopleTests", exclude: ["operator.md", "office.md", "script.md", "payments.md", "accountant.md"]),
    tests("", "ArchitectureTests"),
  ]
)
