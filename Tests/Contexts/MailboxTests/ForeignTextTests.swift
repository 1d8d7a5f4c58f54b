import MessageFormat
import SharedKernel
import Testing

@testable import Mailbox

/// Messages of other programs, as a person reads them.
struct ForeignTextTests {
  private func text(_ file: String) -> String { String(decoding: MessageText.text(ofMessage: Array(file.utf8)), as: UTF8.self) }

  // Fails when a character set that mail comes in is shown as something else.
  @Test(arguments: [
    ("text/plain; charset=windows-1252", "=93caf=E9=94 =80", "“café” €"), ("text/plain; charset=iso-8859-15", "=A4", "€"),
    ("text/plain; charset=\"EUC-KR\"", "=C7=D1=B1=DB =B0=ED", "한글 고"), ("text/plain; charset=ks_c_5601-1987", "=8C=63=B9=E6", "똠방"),
    ("text/plain; charset=cp949", "=C8=FE=81=41=C6=52=A1=A1=F9=D3", "힝갂힣　漢"), ("text/plain; charset=UTF-16LE", "=5C=D5=00=AE", "한글"),
    ("text/plain; charset=utf-16", "=FE=FF=D5=5C=AE=00=00A", "한글A"), ("text/plain; charset=iso-2022-kr", "=1B$)C=0EGQ1[=0F ok", "한글 ok"),
    ("text/plain; charset=x-unknown", "a=E9b", "a\u{fffd}b"), ("text/plain; charset=x-unknown", "=ED=95=9C", "한"),
    ("text/plain; charset=ISO-2022-JP", "=1B$BF|K\\=1B(B", "日本"), ("text/plain; charset=Shift_JIS", "=93=FA=96{", "日本"),
    ("text/plain; charset=gb2312", "=D6=D0=CE=C4", "中文"), ("text/plain; charset=Big5", "=A4=A4=A4=E5", "中文"),
    ("text/plain; charset=koi8-r", "=D0=D2=C9=D7=C5=D4", "привет"), ("text/plain; charset=cp1251", "=EF=F0=E8=E2=E5=F2", "привет"),
    ("text/plain; charset=euc-kr", "=C7", "\u{fffd}"), ("text/plain; charset=EUC_KR", "=C7=D1", "한"),
    ("text/plain; charset=x-ms949", "=8C=63", "똠"), ("text/plain; charset=csEUCKR", "=C7=D1", "한"),
    ("text/plain; charset=utf-7", "Hi +1VyuAA- +-1", "Hi 한글 +1"), ("text/plain; charset=hz-gb-2312", "a~~ ~{VPND~} b", "a~ 中文 b"),
    ("text/plain; charset*=us-ascii'en'euc-kr", "=C7=D1", "한"), ("text/plain (in Korean); charset=\"euc-kr\" (see)", "=C7=D1", "한"),
    ("text/plain; charset=utf-16le", "a", ""),
  ])
  func charsets(type: String, encoded: String, expected: String) {
    #expect(text("Content-Type: \(type)\nContent-Transfer-Encoding: quoted-printable\n\n\(encoded)") == expected)
  }

  // Fails when a page is shown with its tags, or loses its words.
  @Test(arguments: [
    ("<p>one</p><p>two<br>three</p>", "one\ntwo\nthree\n"), ("a &lt;b&gt; &amp; &#54620;&#xAE00; &bogus; &", "a <b> & 한글 &bogus; &\n"),
    ("<style>p { x }</style><script>alert('<b>')</script>word", "word\n"), ("<!-- <b>not</b> -->seen", "seen\n"),
    ("1 < 2 > 0", "1 < 2 > 0\n"),
    ("<html><head><title>t</title><meta x></head><body>  much \n  space </body>", "much space\n"), ("<a href='x'", "<a href='x'\n"),
    ("<script>never closed", ""), ("", ""),
    ("<table><tr><td>금액</td><td>3원</td></tr><tr><th>a<th>b</table>", "금액 3원\na b\n"),
    ("<pre>\none\n  two\n\nfour</pre>x", "one\n  two\n\nfour\nx\n"), ("<ul><li>a<li>b</ul><dl><dt>c<dd>d</dl>", "a\nb\nc\nd\n"),
    ("<a href=\"https://a.example/?x=1&amp;y=2\">여기</a>.", "여기 <https://a.example/?x=1&y=2>.\n"),
    ("<a href='https://a.example/'>https://a.example</a> <a href=mailto:a@b>a@b</a> <a href=#top>up</a>", "https://a.example a@b up\n"),
    ("<a href=\"javascript:alert(1)\">x</a><a href=\"https://a b\">y</a>", "xy\n"),
    ("<img alt=\"a > b\" src=x><img src=y>", "[a > b]\n"), ("&hearts;&NotEqualTilde;&rarr;", "♥≂̸→\n"),
    ("&copy2026 &notin; &notit; &#150;", "©2026 ∉ ¬it; –\n"),
    ("&#0;&#xD800;&#x1F4A9;&#;", "\u{fffd}\u{fffd}💩&#;\n"), ("<p title='1 > 0'>x", "x\n"),
  ])
  func pages(html: String, expected: String) { #expect(text("Content-Type: text/html; charset=utf-8\n\n\(html)") == expected) }

  private func alternatives(_ parts: (type: String, body: String)...) -> String {
    "Content-Type: multipart/alternative; boundary*0=o; boundary*1=ne\n\n"
      + parts.map { "--one\nContent-Type: \($0.type)\n\n\($0.body)\n" }.joined() + "--one--\n"
  }

  // Fails when an alternative that shows nothing is chosen, one that no person reads goes before a page, or one is passed over in silence.
  @Test func alternativesThatShowNothing() {
    let page = ("text/html; charset=utf-8", "<p>이체 완료</p>")
    #expect(text(alternatives(("text/plain", " \n\u{a0}\u{feff}\u{200b}\n"), page)) == "이체 완료\n")
    #expect(
      text(alternatives(page, ("text/calendar; method=REQUEST", "BEGIN:VCALENDAR"))) == "이체 완료\n[attached: text/calendar, 15 bytes]\n")
    #expect(text(alternatives(page, ("text/plain", "plain"))) == "plain")
    let related =
      "Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<b>x</b>\n--r\nContent-Type: image/png\n\nAAAA\n--r--"
    let both = alternatives(("text/plain", "plain")).replacing("--one--\n", with: "--one\n\(related)\n--one--\n")
    #expect(text(both) == "plain\n[attached: image/png, 4 bytes]\n")
    #expect(text(alternatives(("text/plain", " \n"))) == " \n")
    let file = "Content-Type: application/pdf; name*0*=utf-8''%ED%95%9C; name*1=.pdf\nContent-Transfer-Encoding: base64\n\nAAAA\n"
    #expect(text(file) == "[attached: 한.pdf, application/pdf, 5 bytes]\n")
    #expect(text("Content-Type: text/html\n\n<meta charset=euc-kr>&#54620;") == "한\n")
  }

  // Fails when a transfer encoding is not known by its name, or what a mailing list put behind it is taken for data.
  @Test(arguments: [
    ("base64 (comment)", "7ZWc", "한"), (" BASE64;", "7ZWc", "한"), ("base64", "7ZWcIQ==\n--\nlist footer\n", "한!\n--\nlist footer\n"),
    ("base64", "7ZWcIQ==\n7ZWcIQ==\n", "한!한!"), ("quoted-printable (x)", "=ED=95=9C", "한"), ("8bit", "=ED", "=ED"),
  ])
  func transferEncodings(name: String, body: String, expected: String) {
    #expect(text("Content-Transfer-Encoding: \(name)\n\n\(body)") == expected)
  }

  // Fails when a header that is not encoded is not read in what the body names, else in what is configured; or a long header hides a field.
  @Test func rawAndLongHeaders() {
    func summary(_ head: [UInt8], _ unlabelled: Charset? = nil) -> Summary {
      Summary(
        StoredMessage(place: .new, name: "1.a.h", delivered: Timestamp(seconds: 1)), front: head, size: head.count, unlabelled: unlabelled)
    }
    let (raw, line) = ([0xc7, 0xd1] as [UInt8], Array("Subject: ".utf8))
    #expect(summary(line + raw + Array("\nContent-Type: text/plain; charset=euc-kr\n\nx".utf8)).subject == "한")
    let parts = "\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=euc-kr\n\nx\n--b--\n"
    #expect(summary(line + raw + Array(parts.utf8)).subject == "한")
    #expect(summary(line + raw + Array("\n\n".utf8) + raw, Charset("euc-kr")).subject == "한")
    #expect(summary(line + raw + Array("\n\n".utf8) + raw, Charset("euc-kr")).preview == "한")
    #expect(summary(line + raw + Array("\n\nx".utf8)).subject.contains("\u{fffd}"))
    let long =
      String(repeating: "Received: from a by b\n", count: 5000) + "From: Kim <k@x>\nSubject: 끝\nDate: 26 Nov 2026 10:00 IST\n\ntext"
    let read = summary(Array(long.utf8))
    #expect(read.sender == "Kim" && read.subject == "끝" && read.preview == "text")
    #expect(!read.isDateKnown && read.date == Timestamp(seconds: 1))
  }

  // Fails when of several parts the wrong one is shown, one is left out, or a file goes by without a word.
  @Test func parts() {
    let mixed = """
      Content-Type: multipart/mixed; boundary=o

      --o
      Content-Type: multipart/alternative; boundary=i

      --i
      Content-Type: text/html

      <b>rich</b>
      --i
      Content-Type: text/plain

      plain
      --i--
      --o
      Content-Type: application/pdf
      Content-Disposition: attachment; filename*0*=utf-8'ko'%ED%95%9C; filename*1*=%EA%B8%80; filename*2=.pdf
      Content-Transfer-Encoding: base64

      AAAA
      --o
      Content-Type: message/rfc822

      Subject: inner
      Content-Type: text/plain; charset=euc-kr
      Content-Transfer-Encoding: base64

      x9E=
      --o
      Content-Type: text/plain; name="=?UTF-8?B?7ZWcLnR4dA==?="
      Content-Disposition: attachment

      in a file
      --o--
      """
    #expect(text(mixed) == "plain\n[attached: 한글.pdf, application/pdf, 4 bytes]\n한\n[attached: 한.txt, text/plain, 9 bytes]\n")
    #expect(text("Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<i>only</i>\n--b--\n") == "only\n")
  }

  // Fails when a hostile message takes more than its length times a little, or brings the reader down. Each is some megabytes.
  @Test(
    arguments: [
      "Content-Type: text/html\n\n" + String(repeating: "<", count: 4 << 20),
      "Content-Type: text/html\n\n" + String(repeating: "<!--", count: 1 << 20),
      "Content-Type: text/html\n\n" + String(repeating: "<style>", count: 1 << 19),
      "Content-Type: text/html\n\n" + String(repeating: "&#", count: 1 << 20),
      "Subject: " + String(repeating: "=?", count: 2 << 20) + "\n\nx",
      "Subject: " + String(repeating: "=?utf-8?B?QUFB?= ", count: 1 << 18) + "\n\nx",
      String(repeating: "A: b\n", count: 1 << 20) + "\nx", "To: " + String(repeating: "a@b, ", count: 1 << 20) + "\n\nx",
      "Content-Type: multipart/mixed; boundary=x\n\n" + String(repeating: "--x\n\n", count: 1 << 20),
      "Content-Type: text/plain; " + String(repeating: "a=b;", count: 1 << 20) + "\n\nx",
      "From: \"" + String(repeating: "\\\"", count: 1 << 20) + "\n\nx",
      "Content-Transfer-Encoding: base64\n\n" + String(repeating: "=", count: 4 << 20),
      "Content-Transfer-Encoding: quoted-printable\n\n" + String(repeating: "= ", count: 1 << 20),
    ])
  func bombs(file: String) {
    let bytes = Array(file.utf8)
    let summary = Summary(StoredMessage(place: .new, name: "1.a.h", delivered: Timestamp(seconds: 1)), front: bytes, size: bytes.count)
    #expect(summary.preview.count <= Summary.previewLength && summary.subject.utf8.count <= 2 * Summary.frontSize)
    #expect(MessageText.text(ofMessage: bytes).count <= 3 * bytes.count + 500 * 100)
  }
}
