"""Writes Sources/Kernel/MessageFormat/CompatibilityTable.swift from Unicode 3.2, which Python keeps. A test runs this again."""
import base64
import unicodedata

database = unicodedata.ucd_3_2_0
data = b""
for code in range(0x80, 0x110000):
    if 0xD800 <= code < 0xE000 or unicodedata.category(chr(code)) == "Cn":
        continue
    folded = database.normalize("NFKD", chr(code))
    if folded != database.normalize("NFD", chr(code)) and "\0" not in folded:
        data += (chr(code) + folded + "\0").encode()
digits = base64.b64encode(data).decode()
lines = "\n".join("    " + digits[start:start + 132] + "\\" for start in range(0, len(digits), 132))
print(f'''// Made by Tests/compatibility-table.py.

/// Characters that another way of writing the same stands for, and what that is (Unicode Standard Annex 15, compatibility decomposition), in
/// base 64: for each the character, its decomposition and a zero, in UTF-8, ascending.
enum CompatibilityTable {{
  static let digits: StaticString = """
{lines}

    """
}}''')
