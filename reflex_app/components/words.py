"""The page's words in components: the browser looks each up in its language."""

import reflex as rx
from reflex.utils.imports import ImportVar
from reflex.vars import VarData

from reflex_app.components.browser import LIBRARY
from reflex_app.texts import texts

_LOOK_UP = "textOf"
_DATA = VarData(imports={LIBRARY: [ImportVar(tag="t", alias=_LOOK_UP)]})


def word(key: str, **values: rx.Var | str | int) -> rx.Var[str]:
    """Return the text of that key in the reader's language.

    Raises:
        KeyError: there is no such text.
    """
    if key not in texts().texts:
        msg = f"There is no text {key!r} in the catalogue of English."
        raise KeyError(msg)
    filled = rx.Var.create(values)
    call = f'{_LOOK_UP}("{key}", {filled!s})' if values else f'{_LOOK_UP}("{key}")'
    data = VarData.merge(_DATA, filled._get_all_var_data())  # noqa: SLF001 - Reflex's way to compose
    return rx.Var(call, _var_type=str, _var_data=data)
