internal import Glibc

/// A list of C strings that ends with a null pointer, for exec.
@safe final class CStrings {
  private let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>
  var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? { unsafe pointers.baseAddress }

  init(_ words: [String]) {
    unsafe pointers = .allocate(capacity: words.count + 1)
    for (index, word) in words.enumerated() { unsafe pointers[index] = strdup(word) }
    unsafe pointers[words.count] = nil
  }

  deinit {
    for index in unsafe pointers.indices { unsafe free(pointers[index]) }
    unsafe pointers.deallocate()
  }
}
