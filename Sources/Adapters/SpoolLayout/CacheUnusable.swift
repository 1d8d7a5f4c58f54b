/// A file of the cache cannot be used: damaged, foreign, of another version, or gone. It is derived again, or done without.
package struct CacheUnusable: Error {
  package init() {}
}

/// A system error on a file of the cache is like any other damage to it.
@discardableResult
package func usable<Value: ~Copyable>(_ body: () throws -> Value) throws(CacheUnusable) -> Value {
  do { return try body() } catch { throw CacheUnusable() }
}
