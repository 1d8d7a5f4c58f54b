internal import Glibc

/// realpath(3): the absolute path of what `path` leads to in the end, without a symbolic link (ENOENT, ELOOP).
package func canonicalPath(_ path: String) throws(SystemError) -> String {
  guard let found = unsafe realpath(path, nil) else { throw SystemError(.current, call: "realpath", subject: path) }
  defer { unsafe free(found) }
  return unsafe String(cString: found)
}
