// Made by Tests/zone-names.py.

/// The zone names of RFC 5322 (section 4.3), and those of local zones that mean one offset everywhere, by tzdata.
enum ZoneNames {
  /// Minutes east of UTC, by names in lower case.
  static let minutes: [String: Int] = [
    "a": 0, "acdt": 630, "acst": 570, "adt": -180, "aedt": 660, "aest": 600, "akdt": -480, "akst": -540, "ast": -240, "awdt": 540,
    "awst": 480, "b": 0, "bst": 60, "c": 0, "cat": 120, "cdt": -300, "cest": 120, "cet": 60, "cst": -360, "chst": 600, "d": 0, "e": 0,
    "eat": 180, "edt": -240, "eest": 180, "eet": 120, "est": -300, "f": 0, "g": 0, "gmt": 0, "gst": 600, "h": 0, "hdt": -540,
    "hkt": 480, "hst": -600, "i": 0, "idt": 180, "jst": 540, "k": 0, "kst": 540, "l": 0, "m": 0, "mdt": -360, "mest": 120, "met": 60,
    "msd": 240, "msk": 180, "mst": -420, "n": 0, "ndt": -150, "nst": -210, "nzdt": 780, "nzst": 720, "o": 0, "p": 0, "pdt": -420,
    "pkst": 360, "pkt": 300, "pst": -480, "q": 0, "r": 0, "s": 0, "sast": 120, "sst": -660, "t": 0, "u": 0, "ut": 0, "utc": 0, "v": 0,
    "w": 0, "wat": 60, "west": 60, "wet": 0, "wib": 420, "wit": 540, "wita": 480, "x": 0, "y": 0, "z": 0,
  ]
}
