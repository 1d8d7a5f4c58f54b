import TestSupport
import Testing

/// Mail made to hurt whoever looks at it (invariant 8): nothing of it crashes, hangs or hides the others.
struct HostileTests {
  private let mailbox: TestMailbox

  init() throws {
    mailbox = try TestMailbox()
    try mailbox.add(1, subject: "first of ours")
    try mailbox.add(9, subject: "last of ours")
  }

  /// Shell commands that each put something hostile between the two good messages, and what is listed of it.
  private static let attacks: [(script: String, lines: Int)] = [
    ("head -c 10485760 /dev/zero | tr '\\0' A > new/1795333385.a.h", 1),
    ("(printf 'Subject: '; head -c 10485760 /dev/zero | tr '\\0' B; printf '\\n\\ntext\\n') > new/1795333385.a.h", 1),
    ("(printf 'To: a@b'; yes ', a@b' | head -n 1000000; printf '\\nSubject: many\\n\\ntext\\n') > new/1795333385.a.h", 1),
    ("printf 'Subject: a\\000b\\nFrom: \\000\\n\\n\\000\\n' > new/1795333385.a.h", 1),
    ("printf 'Subject: \\377\\376\\300\\200\\n\\n\\355\\240\\200\\n' > new/1795333385.a.h", 1),
    ("head -c 4194304 /dev/urandom > new/1795333385.a.h", 1), (": > new/1795333385.a.h", 1), ("printf '\\n\\n' > new/1795333385.a.h", 1),
    ("(printf 'Subject: '; yes '=?utf-8?Q?=1B=5B2J?=' | head -n 100000; printf '\\n') > new/1795333385.a.h", 1),
    ("printf 'From: =?utf-8?q?=0A9_N--_2026-01-01_00:00_boss?= <x@y>\\n\\nx' > new/1795333385.a.h", 1),
    (
      "(i=0; while [ $i -lt 2000 ]; do printf 'Content-Type: multipart/mixed; boundary=b%d\\n\\n--b%d\\n' $i $i; i=$((i+1)); done) > new/1795333385.a.h",
      1
    ),
    (
      "printf 'From: \\342\\200\\256moc.knab \\341\\232\\200 <x@y>\\nSubject: \\342\\201\\246a\\342\\201\\251\\342\\200\\217 =?utf-8?q?=E2=80=AE=C2=9B31m?=\\n\\n\\342\\200\\252\\302\\205\\330\\234\\n' > new/1795333385.a.h",
      1
    ),
    ("touch \"new/1795333385.$(printf '\\342\\200\\256gpj.exe').h\"", 1),
    ("(printf 'Subject: =?utf-8?B?'; head -c 6291456 /dev/zero | base64 -w 0; printf '?=\\n\\ntext\\n') > new/1795333385.a.h", 1),
    (
      "(printf 'Subject: '; yes '=?iso-2022-kr?B?GyQpQw4=?=' | head -n 400000 | tr -d '\\n'; printf '\\n\\ntext\\n') > new/1795333385.a.h",
      1
    ),
    ("mkfifo new/1795333385.a.h", 0),
    (
      "mkfifo 'cur/1795333385.a.h:2,S'; mkdir 'cur/1795333386.b.h:2,'; ln -s /etc/passwd 'cur/1795333387.c.h:2,'; ln -s gone 'cur/1795333388.d.h:2,F'",
      0
    ),
    ("python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"new/1795333385.a.h\")'", 0), ("mkdir new/1795333385.a.h", 0),
    ("ln -s /nonexistent new/1795333385.a.h", 0),
    ("ln -s /etc/passwd new/1795333385.a.h", 0), ("ln -s . new/1795333385.a.h", 0), ("mknod new/1795333385.a.h p; mkfifo cur/.x", 0),
    ("touch \"new/1795333385.$(printf 'a\\nb\\033[2J').h\"", 1), ("touch \"new/1795333385.$(printf '\\377\\376').h\"", 1),
    ("touch \"new/1795333385.$(head -c 240 /dev/zero | tr '\\0' x)\"", 1), ("touch 'new/99999999999999999999.x' 'cur/:2,S' 'new/-rf'", 2),
    ("truncate -s 300G new/1795333385.a.h", 1),
  ]

  // Fails when one message crashes or hangs the reader (a minute is far more than any takes), or hides another.
  @Test(arguments: HostileTests.attacks.indices)
  func attacked(index: Int) throws {
    let attack = HostileTests.attacks[index]
    #expect(try mailbox.shell(attack.script).status == 0)
    for arguments in ["--all", "--all --json", "--all --match zzz", "--all --sort=from", "--count --all"] {
      let result = try mailbox.shell("timeout 60 msg-read \(arguments)")
      #expect([0, 1, 65].contains(result.status), "\(arguments): \(result.status) \(result.errors.prefix(300))")
      if arguments == "--all" || arguments == "--all --json" {
        #expect(
          result.lines.count == 2 + attack.lines && result.lines.allSatisfy { $0.utf8.count < 100_000 },
          "\(result.lines.map { $0.prefix(80) })")
        #expect(result.output.contains("first of ours") && result.output.contains("last of ours"))
      }
      if arguments == "--count --all" { #expect(result.output == "\(2 + attack.lines)\n") }
    }
    let shown = try mailbox.shell(
      "timeout 60 msg-read --peek first last >/dev/null; timeout 60 msg-read --peek 1-2 --json > ../out; wc -l < ../out")
    #expect(shown.status == 0, "\(shown)")
    let looked = try mailbox.onTerminal("PAGER= timeout 60 msg-read --all --color=never", columns: 300)
    #expect(looked.output.unicodeScalars.allSatisfy { !HostileTests.acts($0) || $0 == "\n" }, "a raw control character")
  }

  /// Whether a terminal does something else with it than show it: controls, and what turns the direction of the text.
  private static func acts(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1f, 0x7f...0x9f, 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
    default: false
    }
  }

  // Fails when memory grows with what a message or a header holds instead of with what is shown of it.
  @Test func memory() throws {
    for number in 2...8 {
      let name = "179533338\(number).a.h"
      _ = try mailbox.shell(
        "(printf 'Subject: big\\nX: '; head -c 20000000 /dev/zero | tr '\\0' 'a'; printf '\\n\\ntext\\n') > new/\(name)")
    }
    let result = try mailbox.shell("sh -c 'ulimit -v 262144; msg-read --all --json | wc -l'")
    #expect(result.output.contains("9") && result.errors.isEmpty, "\(result)")
  }

  // Fails when messages that go while they are listed or shown are errors, or the others are not listed.
  @Test func vanishing() throws {
    for number in 10...99 { try mailbox.add(number) }
    let result = try mailbox.shell(
      """
      true
      (while [ ! -e ../stop ]; do for f in new/*; do mv "$f" ../away 2>/dev/null && mv ../away "$f"; [ -e ../stop ] && break; done; done) &
      for i in 1 2 3 4 5 6 7 8 9 10; do msg-read --all --json >../list || echo failed; grep -c 'last of ours' ../list; done
      touch ../stop; wait
      """)
    // One that is away at the moment of the look is rightly not there.
    #expect(result.errors.isEmpty && !result.output.contains("failed") && result.lines.count == 10, "\(result)")
    #expect(result.lines.filter { $0 == "1" }.count >= 5)
  }
}
