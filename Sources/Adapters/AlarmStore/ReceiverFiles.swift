package import Alarms
package import SharedKernel
package import SpoolLayout
package import SystemCalls

/// `alarms/users/NAME.conf`: what each receiver has chosen; see `ReceiverChoices` for what stands in it.
package final class ReceiverFiles: Receivers {
  /// Receivers that are remembered; beyond that all are read again as they come.
  private static let remembered = 10_000

  private let root: SpoolRoot
  private let calendar: any Clock
  /// Called with what is wrong with a file.
  private let complain: (String) -> Void
  private var known: [Name: ReceiverChoices] = [:]
  /// What was known before the files were to be read again: it holds for one that cannot be read at the moment.
  private var earlier: [Name: ReceiverChoices] = [:]
  private var zones: [String: NamedZone] = [:]

  /// `calendar` tells what clocks on the wall are based on, whatever the clock that `quietUntil` is asked by.
  package init(root: SpoolRoot, calendar: any Clock, complain: @escaping (String) -> Void) {
    (self.root, self.calendar, self.complain) = (root, calendar, complain)
  }

  /// Reads every file again when it is needed next.
  package func forget() {
    for (receiver, choices) in known { earlier[receiver] = choices }
    if earlier.count > ReceiverFiles.remembered { earlier = known }
    (known, zones) = ([:], [:])
  }

  package func choices(of receiver: Name) -> ReceiverChoices {
    do throws(Failure) { return try current(receiver) } catch {
      complain(error.message)
      return earlier[receiver] ?? ReceiverChoices()
    }
  }

  package func load(_ receiver: Name) throws(Failure) {
    do throws(Failure) { _ = try current(receiver) } catch { if earlier[receiver] == nil { throw error } }
  }

  private func current(_ receiver: Name) throws(Failure) -> ReceiverChoices {
    if let choices = known[receiver] { return choices }
    if known.count >= ReceiverFiles.remembered { known = [:] }
    let choices = try read(receiver)
    known[receiver] = choices
    return choices
  }

  package func quietUntil(_ receiver: Name, at now: Timestamp) -> Timestamp? {
    let choices = choices(of: receiver)
    guard let quiet = choices.quiet else { return nil }
    let date = calendar.now()
    let zone = zones[choices.zone ?? ""] ?? NamedZone(choices.zone)
    zones[choices.zone ?? ""] = zone
    return quiet.end(at: date, zone).map { now.adding($0.since(date)) }
  }

  /// The receivers that have such a file.
  package static func receivers(root: SpoolRoot) throws(SystemError) -> [Name] {
    guard let folder = try root.folderIfPresent(.receivers) else { return [] }
    return try folder.names(of: .file).filter { $0.hasSuffix(".conf") }.compactMap { Name($0.dropLast(5)) }.sorted()
  }

  /// Fails where the file cannot be read at the moment; of one that is wrong nothing is in force.
  private func read(_ receiver: Name) throws(Failure) -> ReceiverChoices {
    let name = "\(receiver).conf"
    let path = SpoolFolder.receivers.file(name)
    let bytes: [UInt8]?
    do throws(SystemError) {
      bytes = try root.folderIfPresent(.receivers)?.contents(of: name, limit: SizeLimit.note)
    } catch {
      if error.mayPass { throw Failure(storage: error) }
      complain("\(root.path)/\(path): \(error.code): nothing of it is in force")
      return ReceiverChoices()
    }
    guard let bytes else { return ReceiverChoices() }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      complain("\(root.path)/\(path): not UTF-8: nothing of it is in force")
      return ReceiverChoices()
    }
    let choices = ReceiverChoices(parsing: text, isZone: TimeZoneRules.hasZone)
    for complaint in choices.complaints { complain("\(root.path)/\(path): \(complaint)") }
    return choices
  }
}

/// A zone of this machine's time zone database, or the zone of the process.
private final class NamedZone: TimeZoneTable {
  /// Seconds in which no zone changes its clocks: they do so at quarters of an hour.
  private static let slot: Int64 = 900
  private let name: String?
  private var offsets: [Int64: UTCOffset] = [:]

  init(_ name: String?) { self.name = name }

  func offset(at instant: Timestamp) -> UTCOffset {
    let slot = instant.seconds.flooredQuotient(by: NamedZone.slot)
    if let offset = offsets[slot] { return offset }
    if offsets.count > 16 { offsets = [:] }
    let seconds = name.map { TimeZoneRules.offset(at: instant.seconds, in: $0) } ?? TimeZoneRules.offset(at: instant.seconds)
    let offset = UTCOffset(seconds: seconds)
    offsets[slot] = offset
    return offset
  }
}
