"""Writes Sources/Kernel/MessageFormat/KoreanTable.swift from Python's cp949 codec. A test checks every character against that codec."""
import base64


def char(lead, trail):
    try:
        text = bytes([lead, trail]).decode("cp949")
    except UnicodeDecodeError:
        return 0
    return ord(text) if len(text) == 1 and ord(text) < 0x10000 else 0


def rows(first, last):
    return b"".join(char(lead, trail).to_bytes(2, "big") for lead in range(first, last + 1) for trail in range(0xA1, 0xFF))


syllables = {char(lead, trail) - 0xAC00 for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF)}
bitmap = bytearray(1397)
for syllable in syllables:
    bitmap[syllable // 8] |= 1 << syllable % 8
data = base64.b64encode(bytes(bitmap) + rows(0xA1, 0xAC) + rows(0xCA, 0xFD)).decode()
lines = "\n".join("    " + data[start:start + 128] + "\\" for start in range(0, len(data), 128))
print(f'''// Made by Tests/korean-table.py.

/// What cannot be worked out of the character set KS X 1001, in base 64: a bit for each of the 11,172 syllables of Unicode that is in it,
/// then the characters of the rows A1 to AC (symbols) and CA to FD (hanja), 94 each, in UTF-16, zero for none.
enum KoreanTable {{
  static let digits: StaticString = """
{lines}

    """
}}''')
