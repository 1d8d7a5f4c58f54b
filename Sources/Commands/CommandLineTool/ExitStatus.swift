package import SharedKernel
internal import SpoolLayout
internal import SystemCalls

/// What a tool answers its caller (sysexits.h).
package struct ExitStatus: Hashable, Sendable {
  package let code: Int32
  package init(_ code: Int32) { self.code = code }

  package static let done = ExitStatus(0)
  package static let nothing = ExitStatus(1)

  package init(_ kind: Failure.Kind) {
    code =
      switch kind {
      case .nothing: 1
      case .usage: 64
      case .badData: 65
      case .notFound: 66
      case .noRecipient: 67
      case .unavailable: 69
      case .internalError: 70
      case .cannotCreate: 73
      case .inputOutput: 74
      case .temporary: 75
      case .notPermitted: 77
      case .configuration: 78
      }
  }
}
