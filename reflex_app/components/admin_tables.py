"""The tables of the administration page: spending, keys, failures, audit log."""

import reflex as rx

from reflex_app.admin import FAILURE_DAYS
from reflex_app.admin_view import CountLine, DeedLine, FailedLine, KeyLine, PersonLine
from reflex_app.components.admin_parts import Ask, Moment
from reflex_app.components.words import word
from reflex_app.state.admin import AdminState


def _panel(
    name: str, title: str, *content: rx.Component, head: rx.Component | None = None
) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(word(title), id=f"admin-{name}", tab_index=-1),
            head or rx.fragment(),
            class_name="admin-head",
        ),
        *content,
        class_name="panel",
        custom_attrs={"aria-labelledby": f"admin-{name}", "data-testid": name},
    )


def people() -> rx.Component:
    """Return the table of who spent what."""
    return _panel(
        "people",
        "admin.spending",
        rx.cond(
            AdminState.people.length() > 0,
            rx.fragment(
                _table(
                    ("admin.who", "admin.today", "admin.month", ""),
                    rx.foreach(AdminState.people, _person),
                    class_name="admin-people",
                ),
                _more("people"),
            ),
            _nothing("admin.nobody"),
        ),
        head=rx.el.div(
            *[
                rx.el.button(
                    word(f"admin.by_{order}"),
                    type="button",
                    on_click=AdminState.sort(order),
                    custom_attrs={
                        "aria-pressed": rx.cond(
                            AdminState.order == order, "true", "false"
                        ),
                        "data-testid": f"order-{order}",
                    },
                )
                for order in ("SPENT", "NEWEST")
            ],
            class_name="choice",
            role="group",
            custom_attrs={"aria-label": word("admin.order")},
        ),
    )


def _person(person: rx.Var[PersonLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            person.name,
            rx.el.small(
                person.detail,
                rx.cond(
                    person.active != "",
                    rx.el.span(word("admin.active"), Moment.create(at=person.active)),
                ),
            ),
            rx.cond(person.limited, rx.el.small(person.limits, class_name="limits")),
            scope="row",
        ),
        rx.el.td(_phone_label("admin.today"), person.today),
        rx.el.td(_phone_label("admin.month"), person.month),
        rx.el.td(
            Ask.create(
                word("admin.limits"),
                kind="limits",
                about=person,
                label=word("admin.limits_of", name=person.name),
                hook="limits",
                class_name="plain-btn",
            )
        ),
        key=person.key,
    )


def _phone_label(text: str) -> rx.Component:
    """What a number is, where its row stands without a head."""
    return rx.el.span(
        word(text), class_name="phone-label", custom_attrs={"aria-hidden": "true"}
    )


def keys() -> rx.Component:
    """Return the table of keys."""
    return _panel(
        "keys",
        "admin.keys",
        rx.cond(
            AdminState.keys.length() > 0,
            rx.fragment(
                _table(
                    ("admin.key", "admin.state", ""),
                    rx.foreach(AdminState.keys, _key),
                    class_name="admin-keys",
                ),
                _more("keys"),
            ),
            _nothing("admin.no_keys"),
        ),
        head=Ask.create(
            word("admin.new_key"), kind="key", hook="new-key", class_name="plain-btn"
        ),
    )


def _key(key: rx.Var[KeyLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.span(key.name, class_name=rx.cond(key.works, "", "gone")),
            rx.el.code(key.hint),
            rx.cond(
                key.owner != "", rx.el.small(word("admin.acts_for", name=key.owner))
            ),
            rx.el.small(key.scopes),
            scope="row",
        ),
        rx.el.td(
            rx.match(
                key.state,
                ("until", word("admin.until")),
                ("expired", word("admin.expired")),
                ("revoked", word("admin.revoked")),
                word("admin.works"),
            ),
            rx.cond(key.moment != "", Moment.create(at=key.moment)),
            rx.el.small(
                rx.cond(key.used != "", word("admin.used"), word("admin.never_used")),
                Moment.create(at=key.used),
            ),
        ),
        rx.el.td(
            rx.cond(
                key.works,
                Ask.create(
                    word("share.revoke"),
                    kind="revoke",
                    about=key,
                    label=word("admin.revoke_of", name=key.name),
                    hook="revoke",
                    class_name="plain-btn",
                ),
            )
        ),
        key=key.key,
    )


def failures() -> rx.Component:
    """Return what failed, by code and one by one."""
    return _panel(
        "failures",
        "admin.failures",
        rx.el.p(word("admin.failures_of", count=FAILURE_DAYS), class_name="usage-note"),
        rx.cond(
            AdminState.counts.length() > 0,
            rx.fragment(
                rx.el.dl(rx.foreach(AdminState.counts, _count), class_name="counts"),
                _table(
                    ("admin.when", "admin.code", "admin.who"),
                    rx.foreach(AdminState.failed, _failure),
                    class_name="admin-log",
                ),
            ),
            _nothing("admin.no_failures"),
        ),
    )


def _count(line: rx.Var[CountLine]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(rx.el.code(line.key)),
        rx.el.dd(line.count),
        rx.el.svg(
            rx.el.rect(width="100%", height="6", rx="3", class_name="rail"),
            rx.el.rect(width=line.share, height="6", rx="3", class_name="s1"),
            height="6",
            class_name="share",
            custom_attrs={"aria-hidden": "true"},
        ),
        key=line.key,
    )


def _failure(failed: rx.Var[FailedLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(Moment.create(at=failed.at), scope="row"),
        rx.el.td(rx.el.code(failed.code), rx.el.small(failed.model)),
        rx.el.td(failed.who),
        key=failed.key,
    )


def deeds() -> rx.Component:
    """Return the audit log."""
    return _panel(
        "deeds",
        "admin.log",
        rx.el.p(word("admin.log_note"), class_name="usage-note"),
        rx.cond(
            AdminState.deeds.length() > 0,
            rx.fragment(
                _table(
                    ("admin.when", "admin.what", "admin.who"),
                    rx.foreach(AdminState.deeds, _deed),
                    class_name="admin-log",
                ),
                _more("deeds"),
            ),
            _nothing("admin.no_deeds"),
        ),
    )


def _deed(deed: rx.Var[DeedLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(Moment.create(at=deed.at), scope="row"),
        rx.el.td(deed.what, rx.el.small(deed.detail)),
        rx.el.td(deed.who),
        key=deed.key,
    )


def _table(
    heads: tuple[str, ...], rows: rx.Component | rx.Var, *, class_name: str
) -> rx.Component:
    named = [
        rx.el.th(
            word(head) if head else rx.el.span(word("admin.do"), class_name="sr-only"),
            scope="col",
        )
        for head in heads
    ]
    return rx.el.table(
        rx.el.thead(rx.el.tr(*named)),
        rx.el.tbody(rows),
        class_name=f"usage-table admin-table {class_name}",
    )


def _more(which: str) -> rx.Component:
    return rx.cond(
        AdminState.more[which],
        rx.el.button(
            word("admin.more"),
            type="button",
            class_name="plain-btn admin-more-btn",
            on_click=AdminState.read_on(which),
            custom_attrs={"data-testid": f"more-{which}"},
        ),
    )


def _nothing(text: str) -> rx.Component:
    return rx.el.p(word(text), class_name="admin-nothing")
