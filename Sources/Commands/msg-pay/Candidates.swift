import SharedKernel
import Assembly
import CommandLineTool
import GatewayClient
import SpoolLayout

/// What a shell offers for the words of `msg-pay`.
func candidates(_ kind: CandidateKind, _ position: CompletionPosition) throws(Failure) -> [Candidate] {
  let arguments = position.arguments
  let spool = try Spool.open(at: try spoolLocation(option: arguments.value(CommonOptions.spool)), for: .reading)
  switch kind {
  case .account: return try accountCandidates(in: spool)
  case .payment: return try paymentCandidates(onlyTopUps: false, in: spool)
  case .topUp: return try paymentCandidates(onlyTopUps: true, in: spool)
  case .doubtfulPayment: return try doubtfulPaymentCandidates(in: spool)
  case .sentMessage: return try sentMessageCandidates(of: nil, in: spool)
  case .gateway:
    // Only a test takes one; the other forms of 'gateway' take a key.
    if arguments.command?.name == "gateway", arguments.operands != ["test"] { return [] }
    return try gatewayDefinitions(spool.configuration).map { Candidate($0.name.text, $0.commandLine) }
  default: return []
  }
}
