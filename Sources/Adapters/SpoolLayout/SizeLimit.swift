/// The sizes that files of the spool may have, in bytes: what is larger is not written, and is not taken for one of them when it is read.
/// Writer and readers take them from here, so that what one accepts the others can read.
package enum SizeLimit {
  /// The largest text that `max-size` may allow.
  package static let text = 1 << 30
  /// The header of a message. Two thousand recipients need 100 KiB.
  package static let header = 64 << 20
  /// A message file.
  package static let message = text + header
  /// A file of one short line, such as `format` or the daemon's cursor.
  package static let line = 4096
  /// `config`, and the settings of a hook.
  package static let configuration = 1 << 20
  package static let aliases = 4 << 20
  /// The settings of a receiver, a silence, the reason why a message was given up.
  package static let note = 64 << 10
  /// What the daemon says of itself.
  package static let daemonStatus = 1 << 20
  /// An alarm that could not be told, with all items of a digest.
  package static let deadLetter = 16 << 20
}
