"""Icons, buttons and menus: the small parts every component uses."""

import reflex as rx

_PATHS = {
    "globe": (
        "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3.4 9h17.2M3.4 15h17.2"
        "M12 3c-4.8 5-4.8 13 0 18M12 3c4.8 5 4.8 13 0 18"
    ),
    "help": (
        "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2"
        "c-.7.4-1.1.9-1.1 1.8M12 16.8v.2"
    ),
    "redo": "M20 11a8 8 0 1 0-2.3 5.7M20 4v7h-7",
    "left": "M14.5 6l-6 6 6 6",
    "right": "M9.5 6l6 6-6 6",
    "person": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20a7.5 7.5 0 0 1 15 0",
    "up": "M7 14l5-5 5 5",
    "enter": (
        "M14 4h4a1.5 1.5 0 0 1 1.5 1.5v13A1.5 1.5 0 0 1 18 20h-4M4 12h10M10.5 8l4 4-4 4"
    ),
    "leave": (
        "M10 4H6a1.5 1.5 0 0 0-1.5 1.5v13A1.5 1.5 0 0 0 6 20h4M10 12h10M16 8l4 4-4 4"
    ),
    "menu": "M4 7h16M4 12h16M4 17h16",
    "close": "M6 6l12 12M18 6L6 18",
    "new": (
        "M12 5H6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h11a2 2 0 0 0 2-2v-6"
        "M10 14l.6-3.2L18 3.4a1.8 1.8 0 0 1 2.6 2.6l-7.4 7.4z"
    ),
    "download": "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
    "clear": (
        "M5 7h14M10 4h4M7 7l.8 12.2a1 1 0 0 0 1 .8h6.4a1 1 0 0 0 1-.8L17 7"
        "M10.5 11v5M13.5 11v5"
    ),
    "coins": (
        "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z"
        "M16.5 10.1A5.5 5.5 0 1 1 10 16.6M9 7v4"
    ),
    "moon": "M20 14.5A8.2 8.2 0 0 1 9.5 4 8.2 8.2 0 1 0 20 14.5z",
    "sun": (
        "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22"
        "M4.9 4.9l1.8 1.8M17.3 17.3l1.8 1.8M4.9 19.1l1.8-1.8M17.3 6.7l1.8-1.8"
    ),
    "markdown": (
        "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8z"
        "M14 3v5h5M9 13h6M9 17h4"
    ),
    "csv": "M5 5h14v14H5zM5 10h14M5 14.5h14M11 5v14",
    "fault": "M12 3.5 2.8 19.5h18.4zM12 10v4.5M12 17v.2",
    "cut": "M4 12h4.5M15.5 12H20M13.5 5l-3 14",
    "wait": "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
    "offline": (
        "M3 3l18 18M8.6 15.4a5 5 0 0 1 6.8 0M5.3 12a9.6 9.6 0 0 1 4-2.3"
        "M2.5 8.6a14 14 0 0 1 3.4-2.2M13.8 9.5a9.6 9.6 0 0 1 4.9 2.5"
        "M10 5.1a14 14 0 0 1 11.5 3.5M12 19v.2"
    ),
    "limit": "M3.5 17a8.5 8.5 0 1 1 17 0M12 17l4-5.5",
    "chart": "M4 20h16M7.5 20v-6M12 20V5M16.5 20v-9",
    "power": "M12 3.5v8M6.8 6.6a7.5 7.5 0 1 0 10.4 0",
    "shield": "M12 3 4.5 6v5.5c0 4.7 3.2 7.9 7.5 9.5 4.3-1.6 7.5-4.8 7.5-9.5V6z",
    "json": (
        "M9 4H8a2 2 0 0 0-2 2v4l-2 2 2 2v4a2 2 0 0 0 2 2h1"
        "M15 4h1a2 2 0 0 1 2 2v4l2 2-2 2v4a2 2 0 0 1-2 2h-1"
    ),
}


def icon(name: str, size: int = 18, *, class_name: str = "") -> rx.Component:
    """Return a drawing that screen readers skip."""
    return rx.el.svg(
        rx.el.path(d=_PATHS[name]),
        view_box="0 0 24 24",
        width=str(size),
        height=str(size),
        class_name=f"icon {class_name}".strip(),
        custom_attrs={"aria-hidden": "true"},
    )


def icon_button(
    name: str,
    label: str | rx.Var[str],
    *,
    size: int = 18,
    test_id: str = "",
    class_name: str = "",
    attrs: dict[str, str] | None = None,
    on_click: rx.event.EventType[()] | None = None,
    disabled: rx.Var[bool] | bool = False,
) -> rx.Component:
    """Return a square button with a drawing and a name."""
    return rx.el.button(
        icon(name, size),
        type="button",
        class_name=f"icon-btn {class_name}".strip(),
        title=label,
        disabled=disabled,
        custom_attrs={"aria-label": label, **_hook(test_id), **(attrs or {})},
        **({"on_click": on_click} if on_click is not None else {}),
    )


def menu_item(
    name: str,
    text: str | rx.Var[str],
    *,
    menu: str,
    test_id: str,
    on_click: rx.event.EventType[()],
) -> rx.Component:
    """Return one line of the native popover `menu`, which it closes."""
    return rx.el.button(
        icon(name, 16),
        text,
        type="button",
        class_name="item",
        on_click=on_click,
        custom_attrs={**hides(menu), **_hook(test_id)},
    )


def shows(popover: str) -> dict[str, str]:
    """Return the attributes of a button that opens or closes a native popover."""
    return {"popovertarget": popover}


def hides(popover: str) -> dict[str, str]:
    """Return the attributes of a button that closes a native popover."""
    return {"popovertarget": popover, "popovertargetaction": "hide"}


def _hook(test_id: str) -> dict[str, str]:
    return {"data-testid": test_id} if test_id else {}
