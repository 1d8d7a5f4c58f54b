import JSONText

// The Prometheus text format, version 0.0.4, without time stamps: node_exporter's textfile collector refuses those.
extension Health {
  var metrics: String {
    var page = MetricsPage(prefix: "msgspool_alarm_")
    page.add("up", .gauge, "Whether msg-alarmd runs.", daemon == nil ? 0 : 1)
    page.add("problems", .gauge, "Things that are not as they should be; msg-alarmd status names them.", complaints.count)
    page.add("feed_head", .gauge, "The sequence of the newest event.", head)
    page.add("feed_cursor", .gauge, "The sequence up to which every event is dealt with.", cursor)
    page.add("lag_events", .gauge, "Events that are not dealt with.", lag)
    page.add("lag_seconds", .gauge, "Age of the oldest of them.", Int(lagTime.components.seconds))
    page.add("silences", .gauge, "Silences in force.", silences.count)
    let hooks = hooks.filter { $0["state"]?.string != "refused" }
    if daemon != nil {
      page.add("waiting", .gauge, "Alarms that wait for a hook.", Int(waiting ?? 0))
      page.add("held", .gauge, "Those of them that wait for the end of quiet hours.", Int(held ?? 0))
      page.add("polling", .gauge, "Whether changes have to be looked for because nobody tells of them.", watch == "polling" ? 1 : 0)
      page.add(
        "hook_outcomes_total", .counter, "Runs of hooks since the daemon was started, by their outcome.",
        hooks.flatMap { hook in
          ["ok", "retry", "dead"].map { MetricsPage.Sample([("hook", name(hook)), ("outcome", $0)], hook[$0]?.integer ?? 0) }
        })
      page.add(
        "hook_waiting", .gauge, "Alarms that wait for this hook.", hooks.map { .init([("hook", name($0))], $0["waiting"]?.integer ?? 0) })
    }
    page.add(
      "hook_paused", .gauge, "Whether the hook is paused after failures, or was at the end of the last run.",
      hooks.map {
        .init([("hook", name($0))], $0["state"]?.string == "paused" ? 1 : 0)
      })
    page.add(
      "dead_letters", .gauge, "Alarms that were given up and wait for somebody to see to them.",
      dead.sorted { $0.key < $1.key }.map {
        .init([("hook", $0.key)], Int64($0.value))
      })
    return page.text
  }

  private func name(_ hook: JSONValue) -> String { hook["name"]?.string ?? "" }
}

/// Metrics as they are written.
struct MetricsPage {
  enum Kind: String { case gauge, counter }

  struct Sample {
    let labels: [(String, String)]
    let value: Int64
    init(_ labels: [(String, String)], _ value: Int64) { (self.labels, self.value) = (labels, value) }
  }

  private let prefix: String
  private(set) var text = ""

  /// `prefix` is what every name begins with.
  init(prefix: String) { self.prefix = prefix }

  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Int) { add(name, kind, help, [Sample([], Int64(value))]) }

  /// Nothing is written where there are no samples.
  mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    if samples.isEmpty { return }
    text += "# HELP \(prefix)\(name) \(help)\n# TYPE \(prefix)\(name) \(kind.rawValue)\n"
    for sample in samples {
      let labels = sample.labels.map { "\($0)=\"\(MetricsPage.escape($1))\"" }.joined(separator: ",")
      text += "\(prefix)\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(sample.value)\n"
    }
  }

  private static func escape(_ text: String) -> String {
    text.map { $0 == "\\" ? "\\\\" : $0 == "\"" ? "\\\"" : $0 == "\n" ? "\\n" : String($0) }.joined()
  }
}
