"""Writes Sources/Kernel/MessageFormat/ZoneNames.swift: the names of RFC 5322, section 4.3, and those of local zones that mean one offset
everywhere, in 2026 or since 2000, from Debian's tzdata."""
import datetime
import zoneinfo

RFC = {"UT": 0, "GMT": 0, "UTC": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}


def names(years):
    """Minutes by the names that mean one offset in those years, wherever they are used."""
    found = {}
    for name in sorted(zoneinfo.available_timezones()):
        for year in years:
            for month in (1, 7):
                moment = datetime.datetime(year, month, 1, tzinfo=zoneinfo.ZoneInfo(name))
                found.setdefault(moment.tzname(), set()).add(int(moment.utcoffset().total_seconds()) // 60)
    return {name: offsets.pop() for name, offsets in found.items() if name.isalpha() and name.isascii() and len(offsets) == 1}


# North Korea's KST was another from 2015 to 2018, Moscow's MSK from 2011 to 2014: what holds now goes before.
minutes = names(range(2000, 2027)) | names([2026])
minutes.update((name, hours * 60) for name, hours in RFC.items())
# What RFC 5322 calls unknown, and so not worth more than UTC: the letters of the military.
minutes.update((letter, 0) for letter in "ABCDEFGHIKLMNOPQRSTUVWXY")
entries = ['"%s": %d' % (name.lower(), offset) for name, offset in sorted(minutes.items())]
lines, line = [], "   "
for entry in entries:
    if len(line) + len(entry) > 134:
        lines.append(line)
        line = "   "
    line += " " + entry + ","
lines.append(line)
print('''// Made by Tests/zone-names.py.

/// The zone names of RFC 5322 (section 4.3), and those of local zones that mean one offset everywhere, by tzdata.
enum ZoneNames {
  /// Minutes east of UTC, by names in lower case.
  static let minutes: [String: Int] = [
%s
  ]
}''' % "\n".join(lines))
