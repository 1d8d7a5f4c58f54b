// Made by Tests/charset-labels.py.

/// The labels of character sets (encoding.spec.whatwg.org, and those that Python, Java and Windows use): on each line a character set and
/// its labels, in lower case and without anything but letters and digits; a line that begins with spaces goes on.
enum CharsetLabels {
  static let lines: StaticString = """
    big5 950 big5 big5eten big5hkscs big5tw cnbig5 cp950 hkscs ms950 ms950hkscs windows950 xmactradchinese xxbig5
    euc-jp cseucpkdfmtjapanese eucjp ujis
    euc-kr 949 cp949 euckr ibm949 ibmeuckr isoir149 korean ksc5601 ksc56011987 ksc56011989 ksc56011992 ksc5861 ksx1001 ms949 uhc
      windows949 xmackorean
    gb18030 gb18030 gb180302000
    gbk 936 chinese cp936 csiso58gb231280 euccn eucgb2312cn gb2312 gb23121980 gb231280 gbk isoir58 ms936 windows936 xmacsimpchinese
    hz-gb-2312 hz hzgb hzgb2312
    ibm866 866 cp866 ibm866
    iso-2022-jp cp50220 cp50221 cp50222 iso2022jp iso2022jp1 iso2022jpms
    iso-2022-kr iso2022kr
    iso-8859-10 csisolatin6 iso885910 iso8859101992 isoir157 l6 latin6
    iso-8859-13 iso885913 l7 latin7
    iso-8859-14 iso885914 iso8859141998 isoceltic isoir199 l8 latin8
    iso-8859-15 csisolatin9 iso885915 l9 latin9
    iso-8859-16 iso885916 iso8859162001 isoir226 l10 latin10
    iso-8859-2 csisolatin2 iso88592 iso885921987 isoir101 l2 latin2
    iso-8859-3 csisolatin3 iso88593 iso885931988 isoir109 l3 latin3
    iso-8859-4 csisolatin4 iso88594 iso885941988 isoir110 l4 latin4
    iso-8859-5 csisolatincyrillic cyrillic iso88595 iso885951988 isoir144
    iso-8859-6 arabic asmo708 csisolatinarabic ecma114 iso88596 iso885961987 iso88596e iso88596i isoir127
    iso-8859-7 csisolatingreek ecma118 elot928 greek greek8 iso88597 iso885971987 isoir126 suneugreek
    iso-8859-8 csisolatinhebrew hebrew iso88598 iso885981988 iso88598e iso88598i isoir138 logical visual
    koi8-r koi koi8 koi8r
    koi8-u koi8u
    macintosh mac macintosh macroman
    shift_jis 932 cp932 ms932 mskanji shiftjis sjis windows31j windows932 xmacjapanese xms9320213
    us-ascii 646 ansix341968 ansix341986 ascii cp367 ibm367 iso646irv1991 iso646us isoir6 us usascii
    utf-16 iso10646ucs2 u16 ucs2 unicode unicodefeff utf16
    utf-16be unicodebigunmarked utf16be
    utf-16le unicodelittleunmarked utf16le
    utf-7 u7 unicode11utf7 utf7 xunicode20utf7
    utf-8 cp65001 u8 unicode11utf8 utf utf8 utf8ucs2 utf8ucs4
    windows-1250 1250 cp1250 windows1250
    windows-1251 1251 cp1251 windows1251
    windows-1252 1252 8859 88591 ansi cp1252 cp819 csisolatin1 ibm819 iso8859 iso88591 iso885911987 isoir100 l1 latin latin1
      windows1252
    windows-1253 1253 cp1253 windows1253
    windows-1254 1254 cp1254 csisolatin5 iso88599 iso885991989 isoir148 l5 latin5 windows1254
    windows-1255 1255 cp1255 windows1255
    windows-1256 1256 cp1256 windows1256
    windows-1257 1257 cp1257 windows1257
    windows-1258 1258 cp1258 windows1258
    windows-874 cp874 dos874 iso885911 iso8859112001 isoir166 ms874 thai tis620 tis6200 tis62025290 tis62025291 windows874
    x-mac-cyrillic maccyrillic xmacukrainian

    """
}
