package import Ledger
package import Sending
package import SharedKernel
package import SpoolLayout

/// What a spool's configuration says of messages before they are sent, read once. Each invalid value is 78, with file and line.
package struct DraftSettings: Sendable {
  /// Bytes of the largest text.
  package let maximumSize: Int
  package let tariff: Tariff
  /// Whether a send waits for its payment where it must, without being asked to.
  package let mayWait: Bool

  package init(_ configuration: Configuration) throws(Failure) {
    maximumSize = Int(try configuration.integer(.maximumSize, in: 1...Int64(SizeLimit.text)))
    tariff = try Assembly.tariff(configuration)
    mayWait = try configuration.flag(.queue)
  }

  /// What a draft costs for all its recipients together, and the class of the tariff that says so; empty for a flat price.
  package func price(of draft: Draft) throws(Failure) -> (total: Amount, tariffClass: String) {
    let quote = try tariff.quote(subject: draft.subject, text: draft.text)
    return (try quote.total(copies: draft.recipients.count), quote.tariffClass?.name ?? "")
  }

  /// The greatest length of a text beside a subject, as the tariff counts it; nil for any.
  package func lengthLimit(subject: String) -> Int? { tariff.maximumLength(subject: subject) }
}
