"""The choice of the page's language."""

import reflex as rx

from reflex_app.components.browser import Languages
from reflex_app.components.controls import icon_button, shows
from reflex_app.components.words import word
from reflex_app.texts import COOKIE, languages

_MENU = "languages"


def language_button() -> rx.Component:
    """Return the button that opens the menu of languages."""
    return icon_button(
        "globe", word("sidebar.language"), test_id="languages", attrs=shows(_MENU)
    )


def language_menu() -> rx.Component:
    """Return the menu: each language by its own name."""
    names = {tag: texts.name for tag, texts in languages().items()}
    return rx.el.div(
        Languages.create(names=names, kept=COOKIE),
        id=_MENU,
        class_name="pop",
        role="group",
        custom_attrs={"popover": "auto", "aria-label": word("sidebar.language")},
    )
