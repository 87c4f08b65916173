"""The colours and style sheets of all drawings, in light and in dark.

Both sheets are plain rules without variables, because SVG viewers outside browsers
know none. Every class starts with `pd-`, since a sheet inside a fragment applies to
the whole page around it.
"""

from __future__ import annotations

from string import Template

FONT = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei",'
    '"Noto Sans CJK SC",sans-serif'
)
_MONO = 'ui-monospace,"SF Mono",Menlo,Consolas,"Noto Sans Mono CJK SC",monospace'

_LIGHT = {
    "paper": "#ffffff",
    "panel": "#f6f8fb",
    "card": "#ffffff",
    "ink": "#1d2733",
    "soft": "#5b6878",
    "line": "#d5dce6",
    "edge": "#7b8a9c",
    "accent": "#2f6fde",
    "tint": "#eaf1fe",
    "ask": "#fff6e0",
    "ask_line": "#d9a530",
    "good": "#12703f",
    "good_tint": "#dcf5e6",
    "bad": "#b3261e",
    "bad_tint": "#fde7e5",
    "open": "#8a5a00",
    "open_tint": "#fff1d0",
}
_DARK = {
    "paper": "#12171e",
    "panel": "#1a212b",
    "card": "#232c38",
    "ink": "#e6ebf2",
    "soft": "#9aa8b9",
    "line": "#364252",
    "edge": "#8091a5",
    "accent": "#7aa9ff",
    "tint": "#1f3050",
    "ask": "#3a3018",
    "ask_line": "#b98c2c",
    "good": "#7fdca6",
    "good_tint": "#143524",
    "bad": "#ff9d94",
    "bad_tint": "#45201d",
    "open": "#f2c765",
    "open_tint": "#3b2f12",
}
_DARK_MEDIA = "@media (prefers-color-scheme:dark)"

_SVG_FORMS = (
    f".pd-svg text{{font-family:{FONT};font-size:13px}}"
    ".pd-svg .pd-small{font-size:11.5px}"
    ".pd-svg .pd-strong{font-weight:600}"
    ".pd-svg .pd-title{font-size:16px;font-weight:600}"
    ".pd-svg .pd-middle{text-anchor:middle}"
    ".pd-svg .pd-end{text-anchor:end}"
    ".pd-svg .pd-edge{fill:none;stroke-width:1.5}"
    ".pd-svg .pd-dashed{stroke-dasharray:5 4}"
)
_SVG_COLOURS = Template(
    ".pd-svg .pd-paper{fill:$paper}"
    ".pd-svg .pd-panel{fill:$panel}"
    ".pd-svg text{fill:$ink}"
    ".pd-svg .pd-small{fill:$soft}"
    ".pd-svg .pd-frame{fill:$panel;stroke:$line}"
    ".pd-svg .pd-box{fill:$card;stroke:$line}"
    ".pd-svg .pd-round{fill:$tint;stroke:$accent}"
    ".pd-svg .pd-diamond{fill:$ask;stroke:$ask_line}"
    ".pd-svg .pd-edge{stroke:$edge}"
    ".pd-svg .pd-tip{fill:$edge}"
    ".pd-svg .pd-bar{fill:$accent}"
    ".pd-svg .pd-track{fill:$panel}"
)

_HTML_FORMS = (
    f".pd{{font:15px/1.5 {FONT};margin:0 0 1em;overflow-x:auto}}"
    ".pd table{border-collapse:collapse;font-size:14px}"
    ".pd caption,.pd-caption{text-align:left;font-weight:600;padding:0 0 .4em}"
    ".pd th,.pd td{padding:.35em .8em;text-align:left;vertical-align:top;"
    "border-bottom:1px solid;white-space:pre-line;background:none}"
    ".pd .pd-number{text-align:right;font-variant-numeric:tabular-nums}"
    ".pd-more{margin:.4em 0}"
    ".pd-tree ul{list-style:none;margin:0;padding:0 0 0 1.1em;border-left:1px solid}"
    ".pd-tree>ul{border:0;padding:0}"
    ".pd-tree li{margin:.25em 0;padding:0 0 0 .2em;white-space:pre-line;"
    "overflow-wrap:anywhere}"
    ".pd-mark{display:inline-block;padding:0 .6em;border-radius:1em;font-size:12px;"
    "font-weight:600;line-height:1.6;margin-right:.4em}"
    ".pd .pd-bars{width:100%;max-width:46em}"
    ".pd .pd-bars th{font-weight:400}"
    ".pd .pd-bars th,.pd .pd-bars td{border:0;padding:.2em .6em .2em 0;"
    "vertical-align:middle}"
    ".pd-bars .pd-track{width:60%;min-width:6em}"
    ".pd-bar{height:.9em;border-radius:3px}"
    f".pd pre{{font:13px/1.5 {_MONO};margin:0;padding:.8em 1em;border-radius:6px;"
    "overflow-x:auto}"
    ".pd p{margin:0;overflow-wrap:anywhere}"
    ".pd svg{display:block}"
)
_HTML_COLOURS = Template(
    ".pd{color:$ink;background:$paper}"
    ".pd th,.pd td{color:$ink;border-color:$line}"
    ".pd thead th,.pd-more{color:$soft}"
    ".pd-tree ul{border-color:$line}"
    ".pd-mark{color:$soft;background:$panel}"
    ".pd-good{color:$good;background:$good_tint}"
    ".pd-bad{color:$bad;background:$bad_tint}"
    ".pd-open{color:$open;background:$open_tint}"
    ".pd-bar{background:$accent}"
    ".pd pre{background:$panel}"
)

_PAGE_FORMS = (
    f"body{{font:16px/1.55 {FONT};margin:0 auto;padding:1.5em 1em 3em;max-width:72em}}"
    "h1{font-size:1.6em;line-height:1.25;margin:0 0 .4em;overflow-wrap:anywhere}"
    "h2{font-size:1.15em;margin:1.8em 0 .6em;padding-top:.9em;border-top:1px solid;"
    "overflow-wrap:anywhere}"
    ".pd-intro{margin:0 0 1em;white-space:pre-line;overflow-wrap:anywhere}"
)
_PAGE_COLOURS = Template(
    "html{color-scheme:light dark}"
    "html,body{background:$paper;color:$ink}"
    "h2{border-color:$line}"
    ".pd-intro{color:$soft}"
)


def _sheet(forms: str, colours: Template) -> str:
    light, dark = colours.substitute(_LIGHT), colours.substitute(_DARK)
    return f"{forms}{light}{_DARK_MEDIA}{{{dark}}}"


SVG_SHEET = _sheet(_SVG_FORMS, _SVG_COLOURS)
HTML_SHEET = _sheet(_HTML_FORMS, _HTML_COLOURS)
PAGE_SHEET = _sheet(_PAGE_FORMS, _PAGE_COLOURS) + HTML_SHEET


def fragment(body: str, *, styled: bool, kind: str = "") -> str:
    """The `<div>` around a piece of HTML, with the style sheet or without."""
    sheet = f"<style>{HTML_SHEET}</style>" if styled else ""
    name = f"pd pd-{kind}" if kind else "pd"
    return f'<div class="{name}">{sheet}{body}</div>'
