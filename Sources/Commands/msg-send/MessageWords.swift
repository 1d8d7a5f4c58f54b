import SharedKernel

/// What is asked for with one message, before anything of it has been looked at.
struct MessageWords {
  var sender: Name
  /// Lists of recipients, each as on the command line.
  var recipients: [String]
  var subject = ""
  var text: [UInt8] = []
  var key: String?
  var priority: String?
  /// When to deliver it.
  var time: String?
  /// The Message-ID that it answers.
  var inReplyTo: String?
  /// The account that is to pay; nil for the one that 'payers' says.
  var account: String?
}
