"""In charge of documents as one HTML file that looks the same everywhere and fetches nothing."""

from html import escape

from tenon.exchange.documents.composing import PAGE, PAGES, Composed

_WIDTHS = {"A4": "210mm", "A5": "148mm", "A3": "297mm", "letter": "216mm", "label_100x150": "100mm"}
_HEIGHTS = {"A4": "297mm", "A5": "210mm", "A3": "420mm", "letter": "279mm", "label_100x150": "150mm"}
STYLE = """
:root { color-scheme: light }
body { font: 10.5pt/1.6 Inter, system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: #16191d; background: #fff; margin: 0 auto; overflow-wrap: anywhere }
h1 { font-size: 17pt } h2 { font-size: 13pt } h1, h2, h3 { line-height: 1.3; break-after: avoid }
table { border-collapse: collapse; width: 100%; margin: 1em 0 } thead { display: table-header-group }
tr { break-inside: avoid } th, td { border: .5pt solid #8a94a3; padding: 4pt 6pt }
th, td { text-align: start; vertical-align: top }
hr { border: 0; border-top: .5pt solid #8a94a3 }
.running { color: #5b6470; font-size: 8.5pt; text-align: center }
.watermark { position: fixed; inset: 0; display: grid; place-content: center; font-size: 60pt; color: #16191d;
  opacity: .08; transform: rotate(-35deg); pointer-events: none }
"""


def webpage_of(document: Composed) -> str:
    """Page numbers are left out: only paper has pages."""
    paper = document.paper
    width, height = _WIDTHS[paper.size], _HEIGHTS[paper.size]
    if paper.landscape:
        width, height = height, width
    sheet = f"{STYLE}@page {{ size: {width} {height}; margin: {paper.margin}mm }}\n"
    sheet += f"@media screen {{ body {{ max-width: {width}; padding: {paper.margin}mm; box-sizing: border-box }} }}"
    parts = [
        f'<!doctype html><html lang="{escape(document.language)}"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(document.name)}</title><style>{sheet}</style></head><body>",
        _running("header", document.header),
        document.html,
        _running("footer", document.footer),
        f'<div class="watermark" aria-hidden="true">{escape(document.watermark)}</div>' if document.watermark else "",
        "</body></html>",
    ]
    return "".join(parts)


def _running(tag: str, words: str) -> str:
    if not words or PAGE in words or PAGES in words:
        return ""
    return f'<{tag} class="running">{escape(words)}</{tag}>'
