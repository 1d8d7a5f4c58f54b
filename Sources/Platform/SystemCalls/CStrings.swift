internal import CSystemShims

/// A list of C strings that ends with a null pointer, for exec.
@safe package final class CStrings {
  package let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  package init(_ words: [String]) {
    count = words.count
    unsafe list = .allocate(capacity: count + 1)
    for (index, word) in words.enumerated() { unsafe list[index] = strdup(word) }
    unsafe list[count] = nil
  }

  deinit {
    for index in 0..<count { unsafe free(list[index]) }
    unsafe list.deallocate()
  }
}
