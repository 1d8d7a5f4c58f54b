import TestSupport
import Testing

/// The recipe that copies a spool that is in use.
@Suite struct BackupRecipeTests {
  private let recipe: RecipeCase

  init() throws { recipe = try RecipeCase() }

  /// Puts what `archive` prints into a folder of its own; the book has to be right, and what was paid for to be delivered once.
  private func restored(_ name: String, from archive: String) throws -> (charged: Int, delivered: Int, ids: Int) {
    let result = try recipe.shell(
      """
      set -e -o pipefail
      mkdir -m 700 \(name)
      \(archive) | tar -xpi -C \(name)
      export MSG_SPOOL=$HOME/\(name)
      msg-pay verify
      msg-send --flush
      msg-pay verify
      { msg-pay history --json || :; } | jq -s '[.[] | select(.kind == "charge") | -.amount] | add // 0'
      { msg-read --boxes --json || :; } | jq -s '[.[].total] | add // 0'
      for user in alice bob; do { msg-read --user $user --all --json || :; } | jq -r "\\"$user \\" + .id"; done | sort -u | wc -l
      """)
    #expect(result.status == 0 && result.errors.isEmpty, "\(name): \(result)")
    let numbers = result.lines.compactMap { Int($0) }
    try #require(numbers.count == 3, "\(name): \(result)")
    return (numbers[0], numbers[1], numbers[2])
  }

  /// Breaks when a backup that is made between sends and reads has a message twice, or one that was paid for not at all, or a book that is
  /// not right.
  @Test func aSpoolInUseIsCopiedWhole() throws {
    let used = try recipe.shell(
      """
      for user in alice carol dave; do
        (for i in $(seq 30); do msg-send --from $user alice,bob "$user $i" || echo "$user $i: $?"; done) &
      done
      (for i in $(seq 30); do msg-read --user bob next > /dev/null; msg-read --user alice --mark-read --all || :; done) &
      for i in 1 2 3 4; do backup > $i.tar || echo "backup $i: $?"; done
      export RESTIC_PASSWORD=secret
      restic init -q -r repository
      backup | restic -q -r repository backup --stdin --stdin-filename spool.tar
      wait
      backup > 5.tar || echo "backup 5: $?"
      """)
    #expect(used.status == 0 && used.output.isEmpty, "\(used)")
    for number in 1...5 {
      let (charged, delivered, ids) = try restored("spool\(number)", from: "cat \(number).tar")
      #expect(charged == delivered && ids == delivered)
      if number == 5 { #expect(delivered == 180) }
    }
    let (charged, delivered, ids) = try restored("spool6", from: "RESTIC_PASSWORD=secret restic -q -r repository dump latest spool.tar")
    #expect(charged == delivered && ids == delivered)
  }

  // Fails when something that is no spool is copied, or the copy is said to be complete where it is not.
  @Test func whatIsNoSpoolIsRefused() throws {
    #expect(try recipe.shell("backup --spool /usr").status == 66)
    #expect(try recipe.shell("backup > /dev/full").status != 0)
  }
}
