package import MaildirStore
package import SharedKernel
package import SpoolLayout
package import ViewStore

/// A mailbox with its view. The view is kept only where this user may write to the spool at all; looking never asks for that.
package struct OpenMailbox {
  package let store: MaildirMailbox
  package let view: StoredView
  let root: SpoolRoot

  package init(of user: Name, in spool: Spool) throws {
    root = spool.root
    let mayWrite: Bool
    do throws(Failure) {
      try spool.refuseUnsafeWriting()
      mayWrite = true
    } catch { mayWrite = false }
    store = MaildirMailbox(of: user, in: spool.root, unlabelled: spool.configuration.mailCharset)
    view = try StoredView(
      of: user, folders: store, in: spool.root, mayWrite: mayWrite)
  }
}
