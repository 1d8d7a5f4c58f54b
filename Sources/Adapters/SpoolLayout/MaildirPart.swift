/// The folders of a Maildir (cr.yp.to/proto/maildir.html).
package enum MaildirPart: String, CaseIterable, Sendable {
  /// Messages that are being written. Ours are written elsewhere, but without it a Maildir is none to many readers.
  case temporary = "tmp"
  /// Messages that no reader has seen.
  case new
  /// Messages that a reader has seen, with their flags in their names.
  case current = "cur"
}
