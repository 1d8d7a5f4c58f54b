import Assembly
import CommandLineTool
import JSONText
import SharedKernel
import SpoolLayout

// The whole spool, as `status --full` shows it.
extension SpoolHealth {
  var json: JSONValue {
    let parts = parts.map { part in
      JSONValue.Member(
        part.folder.path,
        .record([
          ("files", .integer(Int64(part.files))), ("bytes", .integer(part.bytes)), ("growth", .integer(part.growth)),
          ("oldest", part.oldest.map { .string($0.rfc3339) } ?? .null),
        ]))
    }
    let gateways = breakers.map { breaker in
      JSONValue.record([
        ("gateway", .string(breaker.gateway)), ("state", .string(breaker.state)), ("since", .string(breaker.since.rfc3339)),
      ])
    }
    return .record([
      ("parts", .object(parts)), ("unread", .integer(Int64(unread.count))),
      ("oldest_unread", unread.oldest.map { .string($0.time.rfc3339) } ?? .null),
      ("oldest_unread_of", unread.oldest.map { .string($0.user.text) } ?? .null), ("gateways", .array(gateways)),
      ("verified", verification.map { .string($0.time.rfc3339) } ?? .null),
      ("verify_faults", verification.map { .integer(Int64($0.faults)) } ?? .null),
      ("free_bytes", freeBytes.map { .integer($0) } ?? .null), ("free_files", freeFiles.map { .integer($0) } ?? .null),
    ])
  }

  /// For a person; parts with nothing in them are left out.
  var lines: [String] {
    let rows = parts.filter { $0.files > 0 }.map { part in
      [
        part.folder.path, "\(part.files)", size(part.bytes), "+\(size(part.growth))",
        part.oldest.map { "since \(LocalTime.system.second($0))" } ?? "",
      ]
    }
    let widths = (0..<4).map { column in rows.map { $0[column].utf8.count }.max() ?? 0 }
    var lines = rows.map { row in
      "\(padding(row[0], widths[0], atEnd: true))  \(padding(row[1], widths[1])) \(row[1] == "1" ? "file " : "files")  "
        + "\(padding(row[2], widths[2]))  \(padding(row[3], widths[3])) a day  \(row[4])"
    }
    lines.append(
      unread.oldest.map { "unread: \(unread.count), the oldest of \($0.user) since \(LocalTime.system.second($0.time))" }
        ?? "unread: \(unread.count)")
    lines += breakers.map { "gateway \($0.gateway): circuit \($0.state) since \(LocalTime.system.second($0.since))" }
    lines.append(
      verification.map { "book: verified \(LocalTime.system.second($0.time)), \($0.faults == 0 ? "no faults" : "faults: \($0.faults)")" }
        ?? "book: never verified")
    lines.append("room: \(freeBytes.map(size) ?? "unknown")" + (freeFiles.map { ", \($0) files" } ?? ""))
    return lines + complaints.map { "problem: \($0)" }
  }

  private func padding(_ text: String, _ width: Int, atEnd: Bool = false) -> String {
    let spaces = String(repeating: " ", count: max(0, width - text.utf8.count))
    return atEnd ? text + spaces : spaces + text
  }

  /// `12 B`, `3.4 MiB`.
  private func size(_ bytes: Int64) -> String {
    var (tenths, unit) = (bytes * 10, 0)
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    while tenths >= 10240, unit < units.count - 1 { (tenths, unit) = (tenths / 1024, unit + 1) }
    return unit == 0 ? "\(bytes) B" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }

  var metrics: String {
    var page = MetricsPage(prefix: "msgspool_")
    page.add("files", .gauge, "Files in a part of the spool.", parts.map { .init([("part", $0.folder.path)], Int64($0.files)) })
    page.add("bytes", .gauge, "Bytes in a part of the spool.", parts.map { .init([("part", $0.folder.path)], $0.bytes) })
    page.add(
      "growth_bytes", .gauge, "Bytes written into a part of the spool in the last 24 hours, as far as they are still there.",
      parts.map { .init([("part", $0.folder.path)], $0.growth) })
    page.add(
      "verified_seconds", .gauge, "When the book was verified last, in seconds since 1970.",
      verification.map { [.init([], $0.time.seconds)] } ?? [])
    page.add("verify_faults", .gauge, "Faults of the book that were found then.", verification.map { [.init([], Int64($0.faults))] } ?? [])
    page.add(
      "oldest_file_seconds", .gauge, "When the oldest file of a part was written, in seconds since 1970.",
      parts.compactMap { part in part.oldest.map { .init([("part", part.folder.path)], $0.seconds) } })
    page.add("unread_messages", .gauge, "Unread messages.", unread.count)
    page.add(
      "oldest_unread_seconds", .gauge, "When the oldest of them was delivered, in seconds since 1970.",
      unread.oldest.map { [.init([], $0.time.seconds)] } ?? [])
    page.add(
      "gateway_closed", .gauge, "Whether the circuit of a gateway is closed.",
      breakers.map { .init([("gateway", $0.gateway)], $0.isClosed ? 1 : 0) })
    page.add(
      "balance", .gauge, "The credit of an account, in the currency's smallest unit.",
      balances.sorted { $0.key < $1.key }.map { .init([("account", $0.key.text)], $0.value.units) })
    page.add("free_bytes", .gauge, "Bytes that can still be written to the disk.", freeBytes.map { [.init([], $0)] } ?? [])
    page.add("free_files", .gauge, "Files that can still be made on the disk.", freeFiles.map { [.init([], $0)] } ?? [])
    return page.text
  }
}
