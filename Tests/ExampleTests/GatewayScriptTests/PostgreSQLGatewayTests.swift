import TestSupport
import Testing

/// The shipped `postgresql` gateway on a real server.
@Suite(WithPostgreSQL()) struct PostgreSQLGatewayTests {
  private let bank: PostgreSQLServer
  private var gateway: GatewayCall { bank.gateway }

  init() throws { bank = try #require(PostgreSQLServer.current) }

  @Test func aKeyIsChargedOnceAndGivenBackOnce() throws {
    try bank.open("once", balance: 10)
    #expect(try gateway("status", "once-1", account: "once").status == 69)
    let first = try gateway("charge", "once-1", account: "once")
    #expect(first.status == 0 && first.output.hasPrefix("ok ") && first.lines.count == 1, "\(first)")
    #expect(try gateway("charge", "once-1", account: "once").output == first.output)
    #expect(try bank.balance(of: "once") == "7")
    #expect(try gateway("charge", "once-1", "4", account: "once").status == 65)
    #expect(try gateway("void", "once-1", "4", account: "once").status == 65)
    #expect(try gateway.keepsTheContract(key: "once-1", account: "once") == [0, 0, 0, 0, 0, 77, 77])
    #expect(try bank.balance(of: "once") == "10")
  }

  /// Breaks when a charge that arrives after its void is taken.
  @Test func aVoidBeforeTheChargeIsRemembered() throws {
    try bank.open("early", balance: 10)
    #expect(try gateway("void", "early-1", account: "early").status == 0)
    #expect(try gateway.keepsTheContract(key: "early-1", account: "early") == [77, 77, 77, 0, 0, 77, 77])
    #expect(try bank.balance(of: "early") == "10")
  }

  @Test func noCreditIsDeclinedForEver() throws {
    try bank.open("poor", balance: 2)
    #expect(try gateway("charge", "poor-1", account: "poor").status == 77)
    _ = try bank.query("UPDATE msgspool.account SET balance = 100 WHERE name = 'poor'")
    #expect(try gateway.keepsTheContract(key: "poor-1", account: "poor") == [77, 77, 77, 0, 0, 77, 77])
    #expect(try gateway("charge", "poor-2", account: "nobody").status == 77)
    #expect(try gateway("charge", "poor-3", account: "poor", currency: "pearls").status == 77)
    #expect(try bank.balance(of: "poor") == "100")
  }

  @Test(arguments: ["'; DROP TABLE msgspool.payment; --", "\\'", "$$", ":key", "$(id)", "`id`", "한글"])
  func parametersNeverBecomeStatements(text: String) throws {
    #expect(try gateway("charge", "text-\(text)", account: text).status == 77)
    #expect(try gateway("status", "text-\(text)", account: text).status == 77)
    #expect(try gateway("charge", "text", "1; SELECT 1", account: text).status == 64)
    #expect(try run("\(gatewayFolder)/postgresql", [text, "k", "1", "credit", "a"], environment: bank.environment).status == 64)
  }

  @Test func fiftyChargesAtOnceNeverOverdraw() throws {
    try bank.open("crowd", balance: 30)
    let script = """
      for i in $(seq 50); do { '\(gatewayFolder)/postgresql' charge crowd-$i 1 credit crowd > /dev/null; echo $?; } & done; wait
      """
    let outcome = try run("sh", ["-c", script], environment: bank.environment)
    #expect(outcome.lines.count { $0 == "0" } == 30 && outcome.lines.count { $0 == "77" } == 20, "\(outcome)")
    #expect(try bank.balance(of: "crowd") == "0" && bank.taken(from: "crowd") == "30")
  }

  @Test func oneKeyAtOnceIsOneCharge() throws {
    try bank.open("same", balance: 30)
    let script = "for i in $(seq 20); do '\(gatewayFolder)/postgresql' charge same-1 3 credit same & done; wait"
    let outcome = try run("sh", ["-c", script], environment: bank.environment)
    #expect(outcome.lines.count == 20 && Set(outcome.lines).count == 1, "\(outcome)")
    #expect(try bank.balance(of: "same") == "27")
  }

  /// Holds the account's row, so that a charge of `key` stops in the middle, does `deed` to it and lets go of the row; the answer
  /// is what became of the call.
  private func interrupted(key: String, account: String, by deed: String) throws -> ToolRun {
    try bank.open(account, balance: 10)
    let folder = TemporaryFolder()
    let script = """
      cd "$1"
      ask() { psql -X -q -A -t -c "$1"; }
      mkfifo statements
      psql -X -q < statements & holder=$!
      exec 3> statements
      echo "BEGIN; SELECT 1 FROM msgspool.account WHERE name = '\(account)' FOR UPDATE;" >&3
      held="FROM pg_stat_activity WHERE query LIKE 'SELECT 1 %''\(account)'' FOR UPDATE;' AND state = 'idle in transaction'"
      until [ "$(ask "SELECT count(*) $held")" = 1 ]; do :; done
      setsid '\(gatewayFolder)/postgresql' charge \(key) 3 credit \(account) & call=$!
      # The server tells when the call waits for the row, and when it is over.
      charge="FROM pg_stat_activity WHERE query LIKE '%charge%\(key)%' AND pid <> pg_backend_pid() AND state = 'active'"
      until [ "$(ask "SELECT count(*) $charge AND wait_event_type = 'Lock'")" = 1 ]; do :; done
      \(deed)
      wait $call; status=$?
      echo 'COMMIT;' >&3
      exec 3>&-
      wait $holder
      until [ "$(ask "SELECT count(*) $charge")" = 0 ]; do :; done
      exit $status
      """
    return try run("timeout", ["60", "bash", "-c", script, "bash", folder.path], environment: bank.environment)
  }

  /// Whatever the answer to a call in doubt, `status` and the balance agree, and the same charge again is one charge.
  private func isSettled(_ key: String, _ account: String, _ status: Int32) throws {
    #expect(try bank.balance(of: account) == (status == 0 ? "7" : "10"))
    #expect(try gateway("charge", key, account: account).status == 0)
    #expect(try bank.balance(of: account) == "7" && bank.taken(from: account) == "3")
  }

  @Test func aKilledClientLeavesAWholeCharge() throws {
    let call = try interrupted(key: "killed-1", account: "killed", by: "pkill -9 -x -s $call psql")
    #expect(![0, 69, 75, 77].contains(call.status), "\(call)")
    let status = try gateway("status", "killed-1", account: "killed").status
    #expect([0, 69].contains(status))
    try isSettled("killed-1", "killed", status)
  }

  @Test func aLostConnectionIsInDoubt() throws {
    let call = try interrupted(key: "lost-1", account: "lost", by: "ask \"SELECT pg_terminate_backend(pid) $charge\"")
    #expect(call.status == 76, "\(call)")
    #expect(try gateway("status", "lost-1", account: "lost").status == 69)
    try isSettled("lost-1", "lost", 69)
  }

  @Test func aStatementThatIsGivenUpWasNotMade() throws {
    let call = try interrupted(key: "slow-1", account: "slow", by: "ask \"SELECT pg_cancel_backend(pid) $charge\"")
    #expect(call.status == 69, "\(call)")
    try isSettled("slow-1", "slow", 69)
  }

  /// Without a connection nothing was asked, but nothing is known of the key either.
  @Test func noServer() throws {
    let nowhere = GatewayCall(script: "postgresql", environment: bank.environment.merging(["PGHOST": "/nonexistent"]) { $1 })
    #expect(try nowhere("charge", "nowhere-1", account: "x").status == 69)
    #expect(try nowhere("status", "nowhere-1", account: "x").status == 76)
    #expect(try nowhere("void", "nowhere-1", account: "x").status == 76)
  }

  /// The service file beside the script says where the database is.
  @Test func theServiceFileIsRead() throws {
    let folder = TemporaryFolder()
    try folder.write("postgresql", try Repository.read("spool-example/pay/gateways/postgresql"))
    let host = try #require(bank.environment["PGHOST"])
    try folder.write("postgresql.service", "# where\n[msgspool]\nhost=\(host)\nuser=postgres\ndbname=bank\n")
    try bank.open("service", balance: 10)
    let outcome = try run("sh", [folder.file("postgresql"), "charge", "service-1", "3", "credit", "service"])
    #expect(outcome.status == 0, "\(outcome)")
  }
}
