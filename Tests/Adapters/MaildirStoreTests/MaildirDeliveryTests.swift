import MaildirStore
import SharedKernel
import SpoolLayout
import SystemCalls
import TestSupport
import Testing

/// Mailboxes as they are made for new recipients.
@Suite struct MaildirDeliveryTests {
  private let folder = TemporaryFolder()
  private let bob = Name("bob")

  private func delivery() throws -> MaildirDelivery {
    let root = try SpoolRoot(opening: folder.path)
    return MaildirDelivery(root: root, outbox: try root.ensureFolder(.outbox), isOpen: true)
  }

  @Test func aMailboxIsMadeWhole() throws {
    try delivery().prepare(#require(bob))
    #expect(folder.names(in: "mailboxes/bob") == ["cur", "new", "tmp"])
    #expect(folder.names(in: "tmp").isEmpty)
    let unsettled = try run("find", [folder.path, "-perm", "-1000"])
    #expect(unsettled.output.isEmpty, "\(unsettled)")
  }

  /// An earlier version, or a mail program, may have left a part of one.
  @Test func whatLacksAPartIsCompleted() throws {
    try folder.write("mailboxes/bob/cur/1.a.here:2,S", "From: a\n\nhi\n")
    try delivery().prepare(#require(bob))
    #expect(folder.names(in: "mailboxes/bob") == ["cur", "new", "tmp"])
    #expect(folder.names(in: "mailboxes/bob/cur").count == 1)
  }

  @Test func aRecipientWithoutAMailboxIsRefusedWhereMailboxesAreClosed() throws {
    let root = try SpoolRoot(opening: folder.path)
    let closed = MaildirDelivery(root: root, outbox: try root.ensureFolder(.outbox), isOpen: false)
    let failure = try #require(throws: Failure.self) { try closed.check(#require(bob)) }
    #expect(failure.kind == .noRecipient)
  }
}
