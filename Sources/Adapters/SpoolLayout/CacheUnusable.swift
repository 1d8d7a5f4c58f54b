/// A file of the cache cannot be used: damaged, foreign, of another version, or gone. It is derived again, or done without.
package struct CacheUnusable: Error {
  package init() {}
}
