"""Writes Sources/Kernel/MessageFormat/CharsetLabels.swift: the labels of the WHATWG's Encoding Standard (Debian's python3-webencodings), the
names of Python's codecs, and those by which Java and Windows call the same. `labels` prints `LABEL NAME` lines instead, for a test."""
import re
import sys
from encodings.aliases import aliases

from webencodings.labels import LABELS

# What is read as something else than the standard says, or that it does not know.
OURS = {
    "us-ascii": ["us-ascii", "ascii", "ansi_x3.4-1968", "iso-ir-6", "iso646-us", "us", "646", "csascii", "ansi_x3.4-1986"],
    "utf-16": ["utf-16", "utf16", "unicode", "ucs-2", "iso-10646-ucs-2", "csunicode", "unicodefeff", "csutf16"],
    "utf-7": ["utf-7", "utf7", "unicode-1-1-utf-7", "csutf7", "x-unicode-2-0-utf-7"],
    "hz-gb-2312": ["hz-gb-2312", "hz", "hzgb", "hz-gb"],
    "iso-2022-kr": ["iso-2022-kr", "csiso2022kr", "iso2022_kr"],
    "euc-kr": ["cp949", "ms949", "uhc", "949", "ibm949", "ibm-euckr", "ks_c_5601", "ksc_5601-1992", "ks-c-5861"],
    "shift_jis": ["cp932", "ms932", "932", "windows-932", "x-ms932_0213"],
    "iso-2022-jp": ["iso-2022-jp-1", "iso-2022-jp-ms", "cp50220", "cp50221", "cp50222"],
    "gbk": ["cp936", "ms936", "936", "windows-936", "euc-cn", "euccn"],
    "big5": ["cp950", "ms950", "950", "windows-950", "ms950_hkscs", "big5-eten"],
    "macintosh": ["macroman"],
    "windows-874": ["cp874", "ms874"],
    "windows-1252": ["ansi", "cp819", "8859_1", "iso8859_1"],
}
CODECS = {
    "cp949": "euc-kr", "euc_kr": "euc-kr", "iso2022_kr": "iso-2022-kr", "shift_jis": "shift_jis", "cp932": "shift_jis",
    "euc_jp": "euc-jp", "iso2022_jp": "iso-2022-jp", "gbk": "gbk", "gb2312": "gbk", "gb18030": "gb18030", "hz": "hz-gb-2312",
    "big5": "big5", "cp950": "big5", "big5hkscs": "big5", "cp866": "ibm866", "cp874": "windows-874", "tis_620": "windows-874",
    "koi8_r": "koi8-r", "koi8_u": "koi8-u", "mac_roman": "macintosh", "mac_cyrillic": "x-mac-cyrillic", "latin_1": "windows-1252",
    "utf_8": "utf-8", "utf_7": "utf-7", "utf_16": "utf-16", "utf_16_be": "utf-16be", "utf_16_le": "utf-16le", "ascii": "us-ascii",
    "iso8859_9": "windows-1254", "iso8859_11": "windows-874", "iso8859_15": "iso-8859-15",
    **{"cp125%d" % n: "windows-125%d" % n for n in range(9)},
    **{"iso8859_%d" % n: "iso-8859-%d" % n for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 16)},
}
IGNORED = {"x-user-defined", "replacement"}


def plain(label):
    """As labels are compared: without case, and letters and digits only."""
    return re.sub("[^a-z0-9]", "", label.lower())


names = {}
for label, name in LABELS.items():
    if name not in IGNORED:
        names[label] = "iso-8859-8" if name == "iso-8859-8-i" else name
for label, codec in [*aliases.items(), *((codec, codec) for codec in CODECS)]:
    if codec in CODECS:
        names[label] = CODECS[codec]
for name, labels in OURS.items():
    names.update((label, name) for label in labels)
names["utf-16be"], names["utf-16le"] = "utf-16be", "utf-16le"

if sys.argv[1:] == ["labels"]:
    for label, name in sorted(names.items()):
        print(label, name)
    sys.exit()

by_name = {}
for label, name in names.items():
    short = plain(label)
    for prefix in ("x", "cs"):
        if short.startswith(prefix) and names.get(label) and short[len(prefix):] in {plain(other) for other in names}:
            short = short[len(prefix):]
    by_name.setdefault(name, set()).add(short)
lines = []
for name in sorted(by_name):
    line = "    " + name
    for label in sorted(by_name[name]):
        if len(line) + len(label) > 130:
            lines.append(line)
            line = "     "
        line += " " + label
    lines.append(line)
print('''// Made by Tests/charset-labels.py.

/// The labels of character sets (encoding.spec.whatwg.org, and those that Python, Java and Windows use): on each line a character set and
/// its labels, in lower case and without anything but letters and digits; a line that begins with spaces goes on.
enum CharsetLabels {
  static let lines: StaticString = """
%s

    """
}''' % "\n".join(lines))
