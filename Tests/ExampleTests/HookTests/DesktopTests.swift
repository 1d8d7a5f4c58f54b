import Foundation
import TestSupport
import Testing

/// The real notify-send, session bus and notification daemon, on a screen that nobody sees.
@Suite struct DesktopTests {
  /// Breaks when a note is not shown, a message can write markup, or a digest is not readable.
  @Test func notesAreShown() throws {
    for (program, package) in [
      ("notify-send", "libnotify-bin"), ("dunst", "dunst"), ("dbus-run-session", "dbus"), ("xvfb-run", "xvfb xauth"),
    ] {
      try require(program, from: package)
    }
    let hook = try HookCase("desktop")
    let folder = hook.folder
    // A bus that starts no notification daemon by itself, which would be another one than ours.
    try folder.write(
      "bus.conf",
      """
      <busconfig><type>session</type><listen>unix:tmpdir=\(folder.path)</listen><policy context="default">
      <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
      """)
    let session = try BackgroundProcess(
      "xvfb-run",
      [
        "-a", "dbus-run-session", "--config-file=\(folder.file("bus.conf"))", "--", "sh", "-c",
        "echo \"DBUS_SESSION_BUS_ADDRESS=$DBUS_SESSION_BUS_ADDRESS DISPLAY=$DISPLAY\" > \"$1\"; exec dunst -config /dev/null -print", "sh",
        folder.file("session"),
      ], environment: ["TMPDIR": folder.path])
    try waitUntil("the session") { (try? folder.read("session"))?.hasSuffix("\n") == true }
    try hook.configure("RECEIVER=bob KINDS='sent arrived failed credit digest test'\n\(try folder.read("session"))")
    try waitUntil("dunst takes notes") { try hook.call("test").status == 0 }
    #expect(try hook.call(text: "<b>저녁</b> 7시 & \"만나요\"", priority: "urgent").status == 0)
    #expect(try hook.call("digest").status == 0)
    #expect(try hook.call("failed", to: "carol").status == 67)
    let real = try hook.sendForReal("저녁 7시에 만나요")
    #expect(real.status == 0, "\(real)")
    try waitUntil("all notes") { try session.printed().contains("body: '저녁 7시에 만나요'") }
    let shown = try session.printed()
    #expect(shown.contains("summary: 'Message from alice'"))
    #expect(shown.contains("body: '&lt;b&gt;저녁&lt;/b&gt; 7시 &amp; \"만나요\"'"))
    #expect(shown.contains("urgency: CRITICAL") && shown.contains("stack_tag: \(HookCase.alarm)"))
    #expect(shown.contains("summary: 'Messages are waiting'") && shown.contains("alice: 하나\ncarol: 안녕"))
  }

  /// Breaks when an alarm is lost because nobody is logged in.
  @Test func withoutASessionItIsTriedAgain() throws {
    let hook = try HookCase("desktop", settings: "RECEIVER=bob DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent")
    #expect(try hook.call().status == 75)
  }
}
