internal import FeedStore
package import Mailbox
internal import MaildirStore
internal import MessageFormat
package import SharedKernel
internal import SpoolLayout
internal import SystemCalls
internal import ViewStore

// `RemovalNotes.swift` has the protocol.
extension OpenMailbox {
  /// Messages that are removed together: as many as syncs are worth sharing.
  private static let group = 256

  /// Removes messages for good; returns those that were gone.
  package func remove(_ messages: [StoredMessage]) throws(Failure) -> [StoredMessage] {
    let notes = try RemovalNotes(in: root)
    let texts = FeedTexts(in: root)
    do throws(SystemError) { try finishInterrupted(notes, texts) } catch { throw Failure(storage: error) }
    var gone: [StoredMessage] = []
    for start in stride(from: 0, to: messages.count, by: OpenMailbox.group) {
      gone += try remove(messages[start..<min(start + OpenMailbox.group, messages.count)], notes, texts)
    }
    try view.forgetRemoved()
    return gone
  }

  private func remove(
    _ messages: ArraySlice<StoredMessage>, _ notes: borrowing RemovalNotes, _ texts: FeedTexts
  ) throws(Failure) -> [StoredMessage] {
    let now = Timestamp(sinceEpoch: wallClock())
    var kept: [RemovalNote] = []
    for message in messages { if let note = try store.removalNote(of: message, now: now) { kept.append(note) } }
    let sought = kept.map { SoughtEvent(message: $0.envelope.id, copy: $0.envelope.copy, file: $0.status) }
    let places = try onSpool(texts.places(of: sought))
    do throws(SystemError) { try notes.write(kept) } catch { throw Failure(storage: error) }
    var gone: [StoredMessage] = []
    for message in messages { if try !store.remove(message) { gone.append(message) } }
    try store.makeRemovalsDurable()
    do throws(SystemError) { try finish(sought, places, notes, texts) } catch { throw Failure(storage: error) }
    return gone
  }

  private func finish(
    _ sought: [SoughtEvent], _ places: [SoughtEvent: FeedTexts.Place], _ notes: borrowing RemovalNotes, _ texts: FeedTexts
  ) throws(SystemError) {
    let names = sought.map { "\($0.message).\($0.copy)" }
    var replaced: [(place: FeedTexts.Place, note: (folder: Directory, name: String))] = []
    for (event, name) in zip(sought, names) { if let place = places[event] { replaced.append((place, notes.pending(name))) } }
    try texts.replace(replaced)
    try notes.settle(names)
  }

  /// Goes on with what processes left that died while they removed messages.
  private func finishInterrupted(_ notes: borrowing RemovalNotes, _ texts: FeedTexts) throws(SystemError) {
    var unfinished: [SoughtEvent] = []
    for envelope in try notes.leftovers() {
      if try notes.isInMailbox(envelope) {
        try notes.drop(RemovalNotes.name(envelope))
      } else {
        unfinished.append(SoughtEvent(message: envelope.id, copy: envelope.copy, file: nil))
      }
    }
    if !unfinished.isEmpty { try finish(unfinished, texts.places(of: unfinished), notes, texts) }
  }
}
