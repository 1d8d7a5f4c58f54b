import Foundation
import TestSupport
import Testing

/// A PostgreSQL server of its own, from Debian's packages, that listens on a Unix socket in a temporary folder.
final class PostgreSQLServer: Sendable {
  @TaskLocal static var current: PostgreSQLServer?

  private let folder = TemporaryFolder()
  /// What psql needs to find it.
  var environment: [String: String] {
    ["PGHOST": folder.file("pg"), "PGUSER": "postgres", "PGDATABASE": "bank", "PGSERVICEFILE": folder.file("service")]
  }
  var gateway: GatewayCall { GatewayCall(script: "postgresql", environment: environment) }

  /// PostgreSQL refuses to run as root, so it becomes the user that its package made.
  private static let prelude = """
    set -eu
    bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
    as() { env -i PATH="$bin:/usr/bin:/bin" LC_ALL=C "$@"; }
    if [ "$(id -u)" = 0 ]; then as() { setpriv --reuid=postgres --regid=postgres --clear-groups env -i PATH="$bin:/usr/bin:/bin" LC_ALL=C "$@"; }; fi

    """

  init() throws {
    try folder.write("service", "[msgspool]\ndbname=bank\n")
    let script =
      Self.prelude + """
        chmod 711 "$1"
        mkdir "$1/pg"
        if [ "$(id -u)" = 0 ]; then chown postgres "$1/pg"; fi
        cd "$1/pg"
        as initdb -A trust -U postgres --no-sync -D "$1/pg/data" > init.log 2>&1 || { cat init.log; exit 1; }
        as pg_ctl -w -D "$1/pg/data" -l "$1/pg/log" -o "-k $1/pg -c listen_addresses='' -c fsync=off -c max_connections=100" start
        # It ends with the tests, also when they crash.
        (tail --pid="$2" -f /dev/null; as pg_ctl -D "$1/pg/data" -m immediate stop) > /dev/null 2>&1 &
        psql -X -q -h "$1/pg" -U postgres -d postgres -c 'CREATE DATABASE bank'
        psql -X -q -h "$1/pg" -U postgres -d bank -v ON_ERROR_STOP=1 -f "$3/postgresql.sql"
        """
    let started = try run("sh", ["-c", script, "sh", folder.path, "\(ProcessInfo.processInfo.processIdentifier)", gatewayFolder])
    guard started.status == 0 else { throw HarnessFailure("no PostgreSQL (Debian's postgresql): \(started)") }
  }

  func stop() throws {
    let stopped = try run("sh", ["-c", Self.prelude + "as pg_ctl -D \"$1/pg/data\" -m immediate stop", "sh", folder.path])
    guard stopped.status == 0 else { throw HarnessFailure("PostgreSQL does not stop: \(stopped)") }
  }

  /// What a statement answers, one line a row.
  func query(_ statement: String) throws -> String {
    let outcome = try run("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement], environment: environment)
    guard outcome.status == 0 else { throw HarnessFailure("\(statement): \(outcome)") }
    return outcome.output.trimmingCharacters(in: .newlines)
  }

  func open(_ account: String, balance: Int) throws {
    _ = try query("INSERT INTO msgspool.account (name, currency, balance) VALUES ('\(account)', 'credit', \(balance))")
  }

  func balance(of account: String) throws -> String { try query("SELECT balance FROM msgspool.account WHERE name = '\(account)'") }

  /// What its payments took from an account.
  func taken(from account: String) throws -> String {
    try query("SELECT coalesce(sum(amount), 0) FROM msgspool.payment WHERE account = '\(account)' AND state = 'charged'")
  }
}

/// Gives a suite one server for all its tests.
struct WithPostgreSQL: SuiteTrait, TestScoping {
  @concurrent func provideScope(for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void)
    async throws
  {
    let server = try PostgreSQLServer()
    try await PostgreSQLServer.$current.withValue(server) { try await function() }
    try server.stop()
  }
}
