package import SharedKernel

/// Checks a key given with `--id`: 1 to 255 bytes of UTF-8 without control characters (64 otherwise).
package func checkedKey(_ key: String) throws(Failure) -> String {
  guard (1...255).contains(key.utf8.count), !key.hasControlCharacters else {
    throw Failure(.usage, "--id: not a key", remedy: "a key has 1 to 255 bytes and no control characters")
  }
  return key
}
