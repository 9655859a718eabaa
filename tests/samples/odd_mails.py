"""In charge of mails as they really come: old character sets, headers that break the rules, and what is no mail at all.

Name → the bytes, and what must be read of them: subject and a part of the text.
"""

from base64 import b64encode
from collections.abc import Mapping


def _mail(*head: bytes, body: bytes = b"text", sender: bytes = b"Li <li@acme.example>", number: int = 0) -> bytes:
    known = b"From: " + sender + b"\r\nTo: crm@pond.example\r\nMessage-ID: <odd%d@acme.example>\r\n" % number
    return known + b"".join(line + b"\r\n" for line in head) + b"\r\n" + body


def _word(text: str, charset: str, encoding: str = "B") -> bytes:
    return f"=?{charset}?{encoding}?{b64encode(text.encode(charset)).decode()}?=".encode()


ODD_MAILS: Mapping[str, tuple[bytes, str, str]] = {
    "GBK that calls itself GB2312": (
        _mail(
            b"Subject: " + b"=?gb2312?B?" + b64encode("朱镕基 €".encode("gb18030")) + b"?=",
            b'Content-Type: text/plain; charset="gb2312"',
            body="询价：镕 10 台".encode("gb18030"),
            number=1,
        ),
        "朱镕基 €",
        "询价：镕 10 台",
    ),
    "raw GB18030 in the subject": (
        _mail("Subject: 报价单".encode("gb18030"), body="无字符集".encode("gb18030"), number=2),
        "报价单",
        "无字符集",
    ),
    "ISO-2022-JP": (
        _mail(
            b"Subject: " + _word("お見積り", "iso-2022-jp"),
            b"Content-Type: text/plain; charset=ISO-2022-JP",
            body="①お見積り".encode("iso2022_jp_ext", "ignore") + "を送ります".encode("iso-2022-jp"),
            number=3,
        ),
        "お見積り",
        "お見積り",
    ),
    "a character cut in two words": (
        _mail(
            b"Subject: =?utf-8?B?"
            + b64encode("你好".encode()[:4])
            + b"?=\r\n =?utf-8?B?"
            + b64encode("你好".encode()[4:])
            + b"?=",
            number=4,
        ),
        "",
        "text",
    ),
    "an unknown character set": (
        _mail(
            b"Subject: =?x-klingon?Q?caf=C3=A9?=",
            b"Content-Type: text/plain; charset=x-klingon",
            body="café".encode(),
            number=5,
        ),
        "café",
        "café",
    ),
    "headers that are none": (
        b"From li@acme.example Mon\r\nSubject Hello\r\n: empty\r\n\x00\xff: x\r\n\r\nbody \x00 nul",
        "",
        "",
    ),
    "a date and addresses that are none": (
        _mail(b"Subject: Dates", b"Date: 31 Feb 20999 99:99:99 +9999", b"Cc: <<>>, @, ;;,", number=6),
        "Dates",
        "text",
    ),
    "base64 that is none": (
        _mail(
            b"Subject: Broken",
            b"Content-Type: text/plain; charset=utf-8",
            b"Content-Transfer-Encoding: base64",
            body=b"this is *no* base64 \xff",
            number=7,
        ),
        "Broken",
        "",
    ),
    "parts without an end": (
        _mail(
            b"Subject: Parts",
            b'Content-Type: multipart/mixed; boundary="x"',
            body=b"--x\r\nContent-Type: text/plain\r\n\r\nfirst\r\n"
            b"--x\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--x",
            number=8,
        ),
        "Parts",
        "first",
    ),
    "HTML alone, and a file with a Chinese name": (
        _mail(
            b"Subject: Html",
            b'Content-Type: multipart/mixed; boundary="y"',
            body=b"--y\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
            b"<style>p{}</style><p>One &amp; two</p><script>x()</script>"
            b"\r\n--y\r\nContent-Type: application/pdf; name*=GB2312''%B1%A8%BC%DB.pdf\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--y--\r\n",
            number=9,
        ),
        "Html",
        "One & two",
    ),
    "nothing at all": (b"\r\n", "", ""),
    "a header of a mile": (_mail(b"Subject: " + b"long " * 20_000, number=10), "long long", "text"),
    "half a character": (_mail("Subject: ok \ud83d".encode("utf-8", "surrogatepass"), number=11), "ok", "text"),
}
