import JSONText
import Ledger
import LedgerStore
import SharedKernel

/// The lines of a batch: JSON objects `{"id":"k","account":"alice","amount":500,"memo":"m"}` whose amounts are whole numbers of the smallest
/// unit, or comma-separated values `id,account,amount,memo` with amounts as people write them, in the order of a heading where there is one.
/// `key` is another name for `id`; other columns of a heading are passed over.
struct BatchInput {
  struct Request {
    let key: PaymentKey
    let account: Name
    let amount: Amount
    let memo: String
  }

  struct Line {
    /// From 1.
    let number: Int
    /// As they were written, for the answer to a line that is wrong.
    var key = ""
    var account = ""
    var request: Result<Request, Failure>
  }

  private static let columns = ["id", "account", "amount", "memo"]

  let currency: Currency

  /// Empty lines are passed over.
  func lines(_ text: String) -> [Line] {
    var lines: [Line] = []
    var columns = BatchInput.columns
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" }).enumerated() {
      let isBlank = line.allSatisfy { $0 == " " || $0 == "\t" }
      if isBlank { continue }
      if line.drop(while: { $0 == " " }).first == "{" {
        let json = String(line)
        lines.append(read(index + 1, Amount.init(positive:)) { () throws(Failure) in try fields(json: json) })
        continue
      }
      let cells = BatchInput.cells(line)
      if lines.isEmpty, cells.contains("account"), cells.contains("amount") {
        columns = cells.map { $0 == "key" ? "id" : $0 }
        continue
      }
      lines.append(
        read(index + 1, currency.amount) { () throws(Failure) in
          guard cells.count <= columns.count else {
            throw Failure(.badData, "more fields than \(columns.joined(separator: ","))", remedy: "put text with commas in quotes")
          }
          var fields: [String: String] = [:]
          for (column, cell) in zip(columns, cells) where fields[column] == nil { fields[column] = cell }
          return fields
        })
    }
    return lines
  }

  /// `amount` reads the amount of a line, in the way in which the line writes it.
  private func read(
    _ number: Int, _ amount: (String) -> Amount?, _ fields: () throws(Failure) -> [String: String]
  ) -> Line {
    let found: [String: String]
    do throws(Failure) { found = try fields() } catch { return Line(number: number, request: .failure(error)) }
    let (key, account) = (found["id"] ?? "", found["account"] ?? "")
    return Line(
      number: number, key: key, account: account, request: Result { () throws(Failure) in try request(found, key, account, amount) })
  }

  private func request(
    _ fields: [String: String], _ key: String, _ account: String, _ amount: (String) -> Amount?
  ) throws(Failure) -> Request {
    guard let key = PaymentKey(key) else { throw Failure(.usage, "invalid key '\(key)'", remedy: "each line needs an \"id\" of its own") }
    guard let name = Name(account) else { throw Failure(.usage, "'\(account)' is no account", remedy: "give the name of an account") }
    let text = fields["amount"] ?? ""
    guard let amount = amount(text), amount > .zero, amount.units <= Amount.largest else { throw invalidAmount(text) }
    let memo = fields["memo"] ?? ""
    guard Memo.isPlain(memo), canRecord(memo: memo) else {
      throw Failure(.badData, "the memo is too long or has control characters", remedy: "give one short line of plain text")
    }
    return Request(key: key, account: name, amount: amount, memo: memo)
  }

  private func invalidAmount(_ text: String) -> Failure {
    Failure(.usage, "invalid amount '\(text)'", remedy: "in JSON a whole number of the smallest unit, else \(currency.form)")
  }

  private func fields(json text: String) throws(Failure) -> [String: String] {
    let object: JSONValue
    do throws(JSONError) { object = try JSONValue(parsing: text) } catch {
      throw Failure(.badData, "not JSON: \(error)", remedy: "write {\"id\":\"k\",\"account\":\"alice\",\"amount\":500}")
    }
    guard case .object(let members) = object else { throw Failure(.badData, "not a JSON object") }
    var fields: [String: String] = [:]
    for member in members {
      let name = member.key == "key" ? "id" : member.key
      guard BatchInput.columns.contains(name) else {
        throw Failure(.badData, "unknown key '\(member.key)'", remedy: "the keys are \(BatchInput.columns.joined(separator: ", "))")
      }
      if name == "amount" {
        guard let amount = member.value.integer else { throw invalidAmount("\(member.value.line)") }
        fields["amount"] = "\(amount)"
      } else if let text = member.value.string {
        fields[name] = text
      } else {
        throw Failure(.badData, "\"\(member.key)\" is not a string", remedy: "put it in quotes")
      }
    }
    return fields
  }

  /// Fields of a line of comma-separated values (RFC 4180, but for line ends within a field).
  static func cells(_ line: some StringProtocol) -> [String] {
    var (cells, cell, isQuoted) = ([String](), "", false)
    var rest = Array(line)[...]
    while let character = rest.popFirst() {
      if character == "\"" {
        if isQuoted, rest.first == "\"" {
          cell.append("\"")
          _ = rest.popFirst()
        } else {
          isQuoted.toggle()
        }
      } else if character == ",", !isQuoted {
        cells.append(cell)
        cell = ""
      } else {
        cell.append(character)
      }
    }
    return cells + [cell]
  }
}
