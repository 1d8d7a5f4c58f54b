/// Whether a memo can be recorded whole.
package func canRecord(memo: String) -> Bool { Record.fits(memo: memo) }
