"""Writes the tables of Sources/Kernel/MessageFormat from Python's codecs: charset-tables.py SingleByte|Japanese|GBKFirst|GBKSecond|Big5 prints one file.
A test checks every character against those codecs."""
import base64
import sys

SINGLE = (["windows-125%d" % n for n in (0, 1, 3, 4, 5, 6, 7, 8)] + ["iso-8859-%d" % n for n in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 16)]
          + ["koi8-r", "koi8-u", "ibm866", "macintosh", "windows-874", "x-mac-cyrillic"])
CODECS = {"macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "windows-874": "cp874", "ibm866": "cp866"}


def char(data, codec):
    try:
        text = bytes(data).decode(codec)
    except UnicodeDecodeError:
        return 0
    return ord(text) if len(text) == 1 and ord(text) < 0x10000 else 0


def shift(row, column):
    """Row and column of JIS X 0208, both from 1, as Shift_JIS."""
    lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
    if row % 2 == 0:
        return lead, column + 0x9E
    return lead, column + (0x3F if column < 64 else 0x40)


def japanese(row, column):
    standard = char([row + 0xA0, column + 0xA0], "euc_jp") if row <= 94 else 0
    return standard or char(shift(row, column), "cp932")


def single():
    return [char([byte], CODECS.get(name, name)) for name in SINGLE for byte in range(0x80, 0x100)]


def pairs(codec, leads, trails):
    return [char([lead, trail], codec) for lead in leads for trail in trails]


ROWS = [*range(1, 95), *range(115, 120)]
TABLES = {
    "SingleByte": (single, "The upper halves of character sets of one byte, 128 characters each, in the order of `names`"),
    "Japanese": (lambda: [japanese(row, column) for row in ROWS for column in range(1, 95)],
                 "The 94 rows of JIS X 0208 with the characters of NEC and IBM in code page 932, then the rows 115 to 119 that this adds, 94 each"),
    "GBKFirst": (lambda: pairs("gbk", range(0x81, 0xC0), [*range(0x40, 0x7F), *range(0x80, 0xFF)]),
                 "The characters of GBK by first bytes 81 to BF, 190 each"),
    "GBKSecond": (lambda: pairs("gbk", range(0xC0, 0xFF), [*range(0x40, 0x7F), *range(0x80, 0xFF)]),
                  "The characters of GBK by first bytes C0 to FE, 190 each"),
    "Big5": (lambda: pairs("cp950", range(0xA1, 0xFA), [*range(0x40, 0x7F), *range(0xA1, 0xFF)]),
             "The characters of Big5 as in code page 950 by first bytes A1 to F9, 157 each"),
}

name = sys.argv[1]
make, what = TABLES[name]
data = base64.b64encode(b"".join(code.to_bytes(2, "big") for code in make())).decode()
lines = "\n".join("    " + data[start:start + 132] + "\\" for start in range(0, len(data), 132))
names = ""
if name == "SingleByte":
    quoted = ['"%s"' % word for word in SINGLE]
    rows = "\n".join("    " + ", ".join(quoted[start:start + 8]) + "," for start in range(0, len(quoted), 8))
    names = f"  static let names = [\n{rows}\n  ]\n\n"
print(f'''// Made by Tests/charset-tables.py.

/// {what}: in
/// base 64 of UTF-16, zero for none.
enum {name}Table {{
{names}  static let digits: StaticString = """
{lines}

    """
}}''')
