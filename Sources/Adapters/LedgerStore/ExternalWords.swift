internal import Ledger
internal import SharedKernel

/// The words that a record of an external payment has behind its memo.
extension ExternalPayment {
  /// `payer=alice asked=3 gen=1-0123456789AB`, the number and the salt of the key, and what else there is, in at most `room` bytes. A
  /// gateway's name of the payment is cut where there is not enough: it is there to be read by people, what is compared is the id. All else
  /// with the longest values has 167.
  func words(room: Int) -> [String] {
    var words = ["payer=\(payer)", "asked=\(asked)", "gen=\(generation)" + (salt.map { "-\($0)" } ?? "")]
    // Nothing is ever charged in part.
    if charged != .zero { words.append("charged=yes") }
    if let reversal { words.append("goal=\(reversal.rawValue)") }
    if isSettledByHand { words.append("by=hand") }
    var kept = reference
    let left = room - words.reduce(0) { $0 + $1.utf8.count + 1 }
    while !kept.isEmpty, "ref=\(PercentText.encode(kept))".utf8.count > left { kept.removeLast() }
    return kept.isEmpty ? words : words + ["ref=\(PercentText.encode(kept))"]
  }

  /// Reads them back; nil for what `words` does not write.
  init?(words: ArraySlice<Substring>, _ gateway: GatewayName) {
    var values: [String: String] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, values.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else { return nil }
    }
    guard values.keys.allSatisfy(["payer", "asked", "gen", "charged", "ref", "goal", "by"].contains),
      let payer = values["payer"].flatMap({ Name($0) }),
      let asked = values["asked"].flatMap({ Int64($0) }).flatMap({ Amount(units: $0) }),
      let number = values["gen"]?.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false), let generation = Int(number[0]),
      generation > 0, values["charged"] ?? "yes" == "yes", let reference = PercentText.decode(values["ref"] ?? "-")
    else { return nil }
    // A payment that was recorded before there were salts has none.
    let salt = number.count == 2 ? KeySalt(number[1]) : nil
    guard (salt == nil) == (number.count == 1) else { return nil }
    let reversal = values["goal"].flatMap { Reversal(rawValue: $0) }
    guard (reversal == nil) == (values["goal"] == nil), values["by"] ?? "hand" == "hand" else { return nil }
    self.init(
      payer: payer, gateway: gateway, generation: generation, salt: salt, asked: asked, charged: values["charged"] == nil ? .zero : asked,
      reference: reference, reversal: reversal, isSettledByHand: values["by"] != nil)
  }
}
