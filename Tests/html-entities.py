"""Writes Sources/Contexts/Mailbox/HTMLEntities.swift: the named character references of HTML 5, as Python's html.entities has them."""
from html.entities import html5

names = {}
for name, text in html5.items():
    if name.endswith(";"):
        # A `!` where the semicolon may be missing.
        names[name[:-1] + ("!" if name[:-1] in html5 else "")] = " ".join("%x" % ord(character) for character in text)
entries = ["%s=%s" % entry for entry in sorted(names.items(), key=lambda entry: entry[0].rstrip("!"))]
lines, line = [], "   "
for entry in entries:
    if len(line) + len(entry) > 135:
        lines.append(line)
        line = "   "
    line += " " + entry.replace(" ", "+") if line.strip() else " " + entry.replace(" ", "+")
lines.append(line)
print('''// Made by Tests/html-entities.py.

/// The named character references of HTML 5 (html.spec.whatwg.org, 13.5), in the order of their bytes: `name=` with the characters in
/// hexadecimal digits; `name!=` where the semicolon may be missing.
enum HTMLEntities {
  static let list: StaticString = """
%s

    """
}''' % "\n".join(lines))
