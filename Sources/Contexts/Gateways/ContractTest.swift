/// The contract of a gateway as a list of calls, each with what has to be answered and what goes wrong where it is not. A smallest unit is
/// charged and given back.
package enum ContractTest {
  /// The keys of a test: one is charged, one is never used, one is voided before it is charged.
  package enum Key: Sendable { case charged, unknown, voidedFirst }

  package struct Step: Sendable {
    package let name: String
    package let verb: GatewayVerb
    package let key: Key
    /// Smallest units.
    package let units: Int64
    /// What would go wrong; nil for a right answer.
    package let problem: @Sendable (GatewayAnswer, _ first: GatewayAnswer?) -> String?
  }

  package static let steps: [Step] = [
    Step("charge", .charge, .charged) { answer, _ in
      switch answer {
      case .done: nil
      case .declined: "it declines: has the account credit there?"
      default: "no payment can be made: does its command run with the bare environment that it is given? See msg-gateways(7)"
      }
    },
    Step("charge again, same key", .charge, .charged) { answer, first in
      answer.isDone && answer == first
        ? nil : "a charge whose answer was lost is not told again: it may be made twice, or stay in doubt"
    },
    Step("status of the charge", .status, .charged) { answer, _ in
      answer.isDone ? nil : "a charge in doubt stays in doubt, or is taken for none"
    },
    Step("charge, same key, another amount", .charge, .charged, units: 2) { answer, _ in
      answer.isDone ? "one key stands for two payments; 65 is a good answer" : nil
    },
    Step("void", .void, .charged) { answer, _ in answer.isDone ? nil : "what was charged for nothing is never given back" },
    Step("void again", .void, .charged) { answer, _ in
      answer.isDone ? nil : "a void whose answer was lost is asked for without end, see 'msg-pay doubt'"
    },
    Step("charge after the void", .charge, .charged) { answer, _ in
      answer.isDeclined ? nil : "a delayed charge takes money for a message that was given up; it has to be declined (77)"
    },
    Step("status after the void", .status, .charged) { answer, _ in
      answer.isDone ? "a payment that was given back counts as made" : nil
    },
    Step("status of an unknown key", .status, .unknown) { answer, _ in
      answer.isNotAsked ? nil : "a charge that never arrived is not made again; an unknown key has to be answered with 69"
    },
    Step("void before its charge", .void, .voidedFirst) { answer, _ in
      answer.isDone ? nil : "a charge in doubt that never arrived is voided without end"
    },
    Step("charge that its void overtook", .charge, .voidedFirst) { answer, _ in
      answer.isDeclined ? nil : "a charge that arrives after its void takes money for nothing; it has to be declined (77)"
    },
  ]
}

extension ContractTest.Step {
  fileprivate init(
    _ name: String, _ verb: GatewayVerb, _ key: ContractTest.Key, units: Int64 = 1,
    problem: @escaping @Sendable (GatewayAnswer, GatewayAnswer?) -> String?
  ) {
    (self.name, self.verb, self.key, self.units, self.problem) = (name, verb, key, units, problem)
  }
}

extension GatewayAnswer {
  fileprivate var isDone: Bool { if case .done = self { true } else { false } }
  fileprivate var isDeclined: Bool { if case .declined = self { true } else { false } }
  fileprivate var isNotAsked: Bool { if case .notAsked = self { true } else { false } }

  /// In a few words.
  package var words: String {
    switch self {
    case .done(let reference): reference.isEmpty ? "done" : "done, \(reference)"
    case .declined(let why): "declined" + (why.isEmpty ? "" : ": \(why)")
    case .notAsked(let why): "not asked (69)" + (why.isEmpty ? "" : ": \(why)")
    case .undecided(let why): "not decided (75)" + (why.isEmpty ? "" : ": \(why)")
    case .doubtful(let why): why
    }
  }
}
