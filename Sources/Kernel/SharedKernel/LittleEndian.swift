/// Numbers in files, the least significant byte first.
extension [UInt8] {
  @inlinable package mutating func append<Number: FixedWidthInteger>(littleEndian value: Number) {
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }
}

extension Span<UInt8> {
  @inlinable package func number64(_ position: Int) -> UInt64 { UInt64(number32(position)) | UInt64(number32(position + 4)) << 32 }

  @inlinable package func number32(_ position: Int) -> UInt32 {
    UInt32(self[position]) | UInt32(self[position + 1]) << 8 | UInt32(self[position + 2]) << 16 | UInt32(self[position + 3]) << 24
  }
}
