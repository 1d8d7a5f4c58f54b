package import MaildirStore
package import SharedKernel
package import SpoolLayout
package import ViewStore

/// A mailbox with its view. The view is kept only where this user may write to the spool at all; looking never asks for that.
package struct OpenMailbox {
  package let store: MaildirMailbox
  package let view: StoredView
  let root: SpoolRoot

  package init(of user: Name, in spool: Spool) throws(Failure) {
    let mayWrite: Bool
    do throws(Failure) {
      try spool.refuseUnsafeWriting()
      mayWrite = true
    } catch { mayWrite = false }
    try self.init(of: user, in: spool, mayWrite: mayWrite)
  }

  package init(of user: Name, in spool: Spool, mayWrite: Bool) throws(Failure) {
    root = spool.root
    store = MaildirMailbox(of: user, in: spool.root, unlabelled: spool.configuration.mailCharset)
    view = try StoredView(
      of: user, folders: store, in: spool.root, mayWrite: mayWrite)
  }
}
