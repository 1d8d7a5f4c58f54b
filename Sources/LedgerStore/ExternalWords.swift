internal import Payments
internal import SharedKernel

/// The words that a record of an external payment has behind its memo.
extension ExternalPayment {
  /// Bytes of a gateway's name of a payment that are kept. It is there to be read by people; what is compared is the id.
  private static let referenceWidth = 64

  /// `payer=alice asked=3 gen=1`, and what else there is: with the longest values 210 bytes.
  var words: [String] {
    var words = ["payer=\(payer)", "asked=\(asked)", "gen=\(generation)"]
    // Nothing is ever charged in part.
    if charged != .zero { words.append("charged=yes") }
    if !reference.isEmpty {
      var kept = reference
      while PercentText.encode(kept).utf8.count > ExternalPayment.referenceWidth { kept.removeLast() }
      words.append("ref=\(PercentText.encode(kept))")
    }
    if let reversal { words.append("goal=\(reversal.rawValue)") }
    return words
  }

  /// Reads them back; nil for what `words` does not write.
  init?(words: ArraySlice<Substring>, _ gateway: GatewayName) {
    var values: [String: String] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, values.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else { return nil }
    }
    guard values.keys.allSatisfy(["payer", "asked", "gen", "charged", "ref", "goal"].contains),
      let payer = values["payer"].flatMap({ Name($0) }),
      let asked = values["asked"].flatMap({ Int64($0) }).flatMap({ Amount(units: $0) }),
      let generation = values["gen"].flatMap({ Int($0) }),
      generation > 0, values["charged"] ?? "yes" == "yes", let reference = PercentText.decode(values["ref"] ?? "-")
    else { return nil }
    let reversal = values["goal"].flatMap { Reversal(rawValue: $0) }
    guard (reversal == nil) == (values["goal"] == nil) else { return nil }
    self.init(
      payer: payer, gateway: gateway, generation: generation, asked: asked, charged: values["charged"] == nil ? .zero : asked,
      reference: reference, reversal: reversal)
  }
}
