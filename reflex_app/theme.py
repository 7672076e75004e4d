"""Colours, spacing and type, in one place: the style sheets use nothing else."""

STYLESHEETS = [
    "/frame.css",
    "/chat.css",
    "/writing.css",
    "/prose.css",
    "/usage.css",
    "/finding.css",
    "/share.css",
    "/admin.css",
    "/visitor.css",
    "/print.css",
]
"""Style sheets of the page, in the order they apply, after the tokens."""

LIGHT = {
    "bg": "#ffffff",
    "surface": "#f7f7f5",
    "surface-2": "#efeeea",
    "raised": "#ffffff",
    "bubble": "#efeeea",
    "line": "#e6e4df",
    "line-strong": "#d3d0c9",
    "ink": "#1b1a17",
    "ink-2": "#55524b",
    "ink-3": "#6f6b63",
    "accent": "#4338ca",
    "accent-ink": "#ffffff",
    "accent-text": "#4338ca",
    "bolt": "#facc15",
    "danger": "#b42318",
    "danger-soft": "#fdf3f1",
    "notice": "#9a5b00",
    "notice-soft": "#fbf8f1",
    "shadow": "0 1px 2px rgb(27 26 23 / .04), 0 8px 24px -8px rgb(27 26 23 / .12)",
    "code-keyword": "#7c3aed",
    "code-string": "#0b6e4f",
    "code-number": "#b45309",
    "code-title": "#1d4ed8",
    "series-0": "#4f46e5",
    "series-1": "#d97706",
    "series-2": "#0d8a66",
    "series-3": "#c02679",
    "series-4": "#0284c7",
    "series-5": "#8a857b",
}
DARK = {
    "bg": "#131316",
    "surface": "#0d0d10",
    "surface-2": "#1d1d22",
    "raised": "#1b1b20",
    "bubble": "#24242a",
    "line": "#26262c",
    "line-strong": "#3a3a43",
    "ink": "#ededf0",
    "ink-2": "#b4b4bd",
    "ink-3": "#92929e",
    "accent": "#6366f1",
    "accent-ink": "#ffffff",
    "accent-text": "#a5b0ff",
    "bolt": "#facc15",
    "danger": "#ff8a7a",
    "danger-soft": "#2a1a1a",
    "notice": "#f2b753",
    "notice-soft": "#1d1a16",
    "shadow": "0 1px 2px rgb(0 0 0 / .4), 0 12px 32px -8px rgb(0 0 0 / .6)",
    "code-keyword": "#c4b5fd",
    "code-string": "#86efac",
    "code-number": "#fdba74",
    "code-title": "#93c5fd",
    "series-0": "#818cf8",
    "series-1": "#f5a524",
    "series-2": "#34c99a",
    "series-3": "#f472b6",
    "series-4": "#38bdf8",
    "series-5": "#8b8b97",
}
SHAPES = {
    "column": "46rem",
    "sidebar": "272px",
    "bar": "56px",
    "radius-control": "10px",
    "radius-block": "14px",
    "radius-card": "16px",
    "radius-bubble": "20px",
    "radius-composer": "24px",
    "font": (
        '"Inter Variable", Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI",'
        ' Roboto, "Helvetica Neue", Arial, "Noto Color Emoji", sans-serif'
    ),
    "mono": (
        'ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas,'
        ' "Liberation Mono", monospace'
    ),
}

THEME_COLORS = {
    "(prefers-color-scheme: light)": LIGHT["bg"],
    "(prefers-color-scheme: dark)": DARK["bg"],
}
"""Colour of the browser's own frame."""


def tokens_css() -> str:
    """Return the style sheet that declares every token."""
    light = _declarations({"color-scheme": "light"}, LIGHT | SHAPES)
    dark = _declarations({"color-scheme": "dark"}, DARK)
    return f":root{{{light}}}\n:root.dark{{{dark}}}\n"


def _declarations(plain: dict[str, str], tokens: dict[str, str]) -> str:
    properties = [f"{name}:{value};" for name, value in plain.items()]
    properties += [f"--{name}:{value};" for name, value in tokens.items()]
    return "".join(properties)
