// swift-tools-version: 6.3
// The module graph is the architecture: see ARCHITECTURE.md. A test holds the dependency rule.
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

// Process start dominates a send, so a release tool is one static file without a loader to wait for.
let standalone: [LinkerSetting] = [
  .unsafeFlags(["-static-executable"], .when(configuration: .release))
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tool(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, swiftSettings: strict, linkerSettings: standalone)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: ["TestSupport"] + dependencies, swiftSettings: strict)
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
    // The floor: the operating system, and what is durable on it.
    .target(name: "CSystemShims"),
    library("SystemCalls", ["CSystemShims"]),
    library("DurableFiles", ["SystemCalls", "SharedKernel"]),

    // The words every context shares.
    library("SharedKernel"),
    library("JSONText"),
    library("MessageFormat", ["SharedKernel"]),

    // The four contexts: pure rules, no disk, no clock, no imports of one another.
    library("Sending", ["SharedKernel", "MessageFormat"]),
    library("Payments", ["SharedKernel"]),
    library("Mailbox", ["SharedKernel", "MessageFormat"]),
    library("Alarms", ["SharedKernel", "MessageFormat", "JSONText"]),

    // Adapters: one technique each, none imports another.
    library("SpoolDirectory", ["SystemCalls", "DurableFiles", "SharedKernel"]),
    library("OutboxStore", ["SystemCalls", "DurableFiles", "SharedKernel", "MessageFormat", "Sending"]),
    library("MaildirStore", ["SystemCalls", "DurableFiles", "SharedKernel", "MessageFormat", "Mailbox", "Sending"]),
    library("ViewStore", ["SystemCalls", "DurableFiles", "SharedKernel", "Mailbox"]),
    library("LedgerStore", ["SystemCalls", "DurableFiles", "SharedKernel", "Payments"]),
    library("GatewayStore", ["SystemCalls", "DurableFiles", "SharedKernel", "Payments"]),
    library("GatewayProcess", ["SystemCalls", "DurableFiles", "SharedKernel", "Payments"]),
    library("FeedStore", ["SystemCalls", "DurableFiles", "SharedKernel", "MessageFormat", "Sending", "Alarms"]),
    library("AlarmStore", ["SystemCalls", "DurableFiles", "SharedKernel", "JSONText", "Alarms"]),
    library("HookProcess", ["SystemCalls", "SharedKernel", "Alarms"]),
    library("SpoolWatcher", ["SystemCalls", "SharedKernel", "Alarms"]),

    // What a command-line program is, and how the parts are put together.
    library("CommandLineTool", ["SystemCalls", "DurableFiles", "SharedKernel"]),
    library(
      "Composition",
      [
        "SystemCalls", "DurableFiles", "SharedKernel", "MessageFormat", "Sending", "Payments", "SpoolDirectory",
        "OutboxStore", "MaildirStore", "ViewStore", "LedgerStore", "GatewayStore", "GatewayProcess", "FeedStore", "CommandLineTool",
        "Mailbox",
      ]),
    tool(
      "msg-send",
      [
        "SystemCalls", "SharedKernel", "JSONText", "MessageFormat", "Sending", "Payments", "Mailbox", "MaildirStore", "ViewStore",
        "SpoolDirectory",
        "CommandLineTool", "Composition",
      ]),
    tool(
      "msg-read",
      [
        "SystemCalls", "SharedKernel", "JSONText", "Mailbox", "MaildirStore", "ViewStore", "SpoolWatcher", "SpoolDirectory",
        "CommandLineTool", "Composition",
      ]),
    tool(
      "msg-pay",
      [
        "SystemCalls", "SharedKernel", "JSONText", "Sending", "Payments", "LedgerStore", "GatewayStore", "SpoolDirectory",
        "CommandLineTool", "Composition",
      ]),
    tool(
      "msg-alarmd",
      [
        "SystemCalls", "DurableFiles", "SharedKernel", "JSONText", "MessageFormat", "Alarms", "FeedStore", "AlarmStore", "HookProcess",
        "SpoolWatcher", "SpoolDirectory", "CommandLineTool", "Composition",
      ]),

    // Not installed: what a send and a look into the mailbox cost, beside what they must cost.
    tool("msg-bench", ["SystemCalls"]),
    .executableTarget(
      name: "msg-bench-floor", linkerSettings: [.unsafeFlags(["-static-executable", "-nostartfiles"], .when(configuration: .release))]),
    .executableTarget(name: "msg-bench-bank", linkerSettings: standalone),

    .target(name: "TestSupport", dependencies: ["SystemCalls"], path: "Tests/TestSupport", swiftSettings: strict),
    tests("SharedKernelTests", ["SharedKernel", "JSONText", "MessageFormat"]),
    tests("SystemCallsTests", ["SystemCalls", "DurableFiles"]),
    tests("CommandLineToolTests", ["CommandLineTool", "SharedKernel"]),
    tests("SpoolDirectoryTests", ["SpoolDirectory", "SharedKernel"]),
    tests("SendingTests", ["Sending", "OutboxStore", "SharedKernel", "MessageFormat"]),
    tests("PaymentsTests", ["Payments", "SharedKernel"]),
    tests("LedgerStoreTests", ["LedgerStore", "Payments", "SharedKernel", "SystemCalls"]),
    tests("GatewayStoreTests", ["GatewayStore", "GatewayProcess", "Payments", "SharedKernel", "SystemCalls", "msg-pay"]),
    tests("MailboxTests", ["Mailbox", "MaildirStore", "SharedKernel", "MessageFormat", "SystemCalls"]),
    tests("ViewStoreTests", ["ViewStore", "Mailbox", "MaildirStore", "SharedKernel", "SystemCalls"]),
    tests("AlarmsTests", ["Alarms", "SharedKernel", "JSONText", "MessageFormat"]),
    tests(
      "AlarmStoreTests",
      ["AlarmStore", "FeedStore", "HookProcess", "SpoolWatcher", "Alarms", "SharedKernel", "MessageFormat", "SystemCalls", "DurableFiles"]),
    // The built tools, driven as a user drives them.
    tests("SendCommandTests", ["msg-send", "JSONText"]),
    tests("PayCommandTests", ["msg-pay", "JSONText"]),
    tests("ReadCommandTests", ["msg-read", "JSONText"]),
    tests("AlarmCommandTests", ["msg-alarmd", "JSONText", "FeedStore", "SharedKernel", "MessageFormat", "SystemCalls"]),
    .testTarget(name: "HookTests", dependencies: ["TestSupport"], exclude: ["http-fake.py"], swiftSettings: strict),
    tests("CrashTests", ["JSONText"]),
    .testTarget(name: "ModelTests", dependencies: ["TestSupport"], exclude: ["message.pml", "payment.pml"], swiftSettings: strict),
    // The shipped example gateways, on a real database server and against a misbehaving provider.
    .testTarget(name: "GatewayScriptTests", dependencies: ["TestSupport"], exclude: ["provider.py"], swiftSettings: strict),
    tests("ArchitectureTests", []),
  ]
)
