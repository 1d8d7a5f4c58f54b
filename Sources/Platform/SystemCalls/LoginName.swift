/// The login name of a user id, read from /etc/passwd: static programs cannot load the name-service modules
/// that getpwuid(3) needs. The number itself where the file does not know it (LDAP, containers).
package func loginName(of userID: UInt32, passwd: String = "/etc/passwd") -> String {
  let fallback = String(userID)
  guard let directory = try? Directory(opening: String(passwd.prefix(upTo: passwd.lastIndex(of: "/") ?? passwd.startIndex))),
    let file = passwd.split(separator: "/").last,
    let bytes = try? directory.contents(of: String(file), limit: 16 << 20)
  else { return fallback }
  for line in bytes.split(separator: UInt8(ascii: "\n")) {
    let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
    if fields.count > 2, fields[2].elementsEqual(fallback.utf8) { return String(decoding: fields[0], as: UTF8.self) }
  }
  return fallback
}
