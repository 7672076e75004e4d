from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reflex_app import session
from reflex_app.replies import (
    Choice,
    Cost,
    Entry,
    Glance,
    Message,
    MessagePage,
    Problem,
    Stored,
)
from reflex_app.session import ASSISTANT, INTERRUPTED, USER, Conversation

BROKEN = Problem(code="INTERRUPTED", message="It broke off.", retryable=True)
COST = Cost(amount=Decimal("0.000402"), currency="USD", estimated=False)


def question(number: int, text: str = "Who?") -> Message:
    return Message(message_id=f"q{number}", role=USER, content=text, status="COMPLETED")


def answer(number: int, status: str = "COMPLETED", text: str = "Alfred") -> Message:
    running = status == "STREAMING"
    return Message(
        message_id=f"a{number}",
        role=ASSISTANT,
        content=text,
        status=status,
        model="echo",
        tokens=None if running else 7,
        cost=None if running else COST,
    )


def turns(first: int, last: int) -> tuple[Message, ...]:
    numbers = range(first, last + 1)
    return tuple(m for n in numbers for m in (question(n), answer(n)))


def stored(
    *messages: Message, earlier: str | None = None, running: str | None = None
) -> Stored:
    return Stored(
        entry=Entry(
            conversation_id="cnv_1",
            title="The butler",
            archived=False,
            updated_at="2026-11-22T17:45:00Z",
        ),
        page=MessagePage(messages=messages, earlier_cursor=earlier),
        generation_id=running,
        cost=COST,
    )


def opened(*messages: Message, **more: str | None) -> Conversation:
    return session.refresh(Conversation(), stored(*messages, **more))


def contents(conversation: Conversation) -> list[str]:
    return [message.message_id for message in conversation.drawn]


def test_a_question_is_asked_at_once_and_waits_for_its_answer() -> None:
    asked = session.ask(Conversation(), "Who?", key="k1")

    assert asked.busy
    assert asked.turn is not None
    assert (asked.turn.content, asked.turn.key) == ("Who?", "k1")


def test_a_refused_turn_keeps_its_text_and_its_key_for_the_next_try() -> None:
    asked = session.ask(Conversation(), "Who?", key="k1")
    refused = session.refuse(asked, BROKEN)

    again = session.retry(refused, key="k2")

    assert not refused.busy
    assert again == asked


def test_a_refused_turn_can_be_discarded_and_one_that_is_sent_cannot() -> None:
    asked = session.ask(opened(*turns(1, 1)), "And?", key="k1")

    assert session.discard(asked) == asked
    assert session.discard(session.refuse(asked, BROKEN)).turn is None


def test_an_answer_being_written_is_not_drawn_twice() -> None:
    conversation = opened(question(1), answer(1, "STREAMING", ""), running="gen_1")

    assert conversation.busy
    assert contents(conversation) == ["q1"]


def test_an_edited_question_takes_the_place_of_what_followed_it() -> None:
    asked = session.edit(opened(*turns(1, 3)), "q2", "Where?", key="k1")

    assert contents(asked) == ["q1", "a1"]


def test_a_regenerated_answer_leaves_its_question() -> None:
    asked = session.regenerate(opened(*turns(1, 2)), "a2", key="k1")

    assert contents(asked) == ["q1", "a1", "q2"]


def test_a_retry_without_a_refused_turn_writes_the_last_answer_anew() -> None:
    broken = opened(question(1), answer(1, INTERRUPTED))

    again = session.retry(broken, key="k1")

    assert again.turn is not None
    assert (again.turn.kind, again.turn.target) == ("regenerate", "a1")


def test_the_end_of_the_branch_is_renewed_and_what_was_read_before_it_kept() -> None:
    long = session.prepend(
        opened(*turns(6, 10), earlier="q6"),
        MessagePage(messages=turns(1, 5), earlier_cursor=None),
    )

    after = session.refresh(long, stored(*turns(9, 11), earlier="q9"))

    assert contents(after) == [m.message_id for m in turns(1, 11)]
    assert after.earlier_cursor is None


def test_another_branch_replaces_what_does_not_belong_to_it() -> None:
    long = opened(*turns(1, 10), earlier="q1")
    other = stored(*turns(50, 60), earlier="q50")

    after = session.refresh(long, other)

    assert not session.fits(long, other)
    assert contents(after) == [m.message_id for m in turns(50, 60)]
    assert after.earlier_cursor == "q50"


def test_a_refused_question_that_landed_all_the_same_is_not_shown_twice() -> None:
    asked = session.ask(opened(*turns(1, 1)), "And?", key="k1")
    refused = session.refuse(asked, BROKEN)

    after = session.refresh(
        refused, stored(*turns(1, 1), question(2, "And?"), answer(2))
    )

    assert after.turn is None
    assert session.refresh(refused, stored(*turns(1, 1))).turn == refused.turn


def test_a_lost_answer_keeps_its_partial_text_and_has_an_unknown_cost() -> None:
    following = opened(question(1), answer(1, "STREAMING", ""), running="gen_1")

    lost = session.lose(following, "Alf", BROKEN)

    last = lost.drawn[-1]
    assert (last.message_id, last.content, last.status) == ("a1", "Alf", INTERRUPTED)
    assert (lost.busy, lost.unpriced) == (False, 1)


def test_a_lost_answer_is_kept_up_to_a_bound() -> None:
    asked = session.accept(session.ask(Conversation(), "Who?", key="k1"), "gen_1")

    lost = session.lose(asked, "x" * 200_000, BROKEN)

    assert [m.role for m in lost.drawn] == [USER, ASSISTANT]
    assert len(lost.drawn[-1].content) == session.MAX_PARTIAL_CHARS


def test_only_ended_answers_without_a_price_are_counted_as_unpriced() -> None:
    unknown = replace(answer(1), cost=None)
    for_nothing = replace(answer(2), cost=None, tokens=0)

    conversation = opened(
        question(1), unknown, question(2), for_nothing, question(3), answer(3)
    )

    assert conversation.unpriced == 1


def test_a_judgement_is_shown_on_its_answer_alone() -> None:
    judged = session.judge(opened(*turns(1, 2)), "a1", rating="UP", comment="Yes")

    assert [m.rating for m in judged.messages] == ["", "UP", "", ""]


def test_a_glance_tells_whether_something_changed() -> None:
    conversation = opened(*turns(1, 1))
    same = Glance(
        entry=stored().entry, generation_id=None, last_message=("a1", "COMPLETED")
    )

    assert not session.differs(conversation, same)
    assert session.differs(conversation, replace(same, generation_id="gen_2"))
    assert session.differs(conversation, replace(same, last_message=("q2", "x")))


@given(st.text(st.characters()))
def test_text_with_halves_of_characters_becomes_whole(text: str) -> None:
    session.whole(text).encode()

    assert session.whole("a \ud83d b") == "a \ufffd b"


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 6))
def test_a_branch_that_grew_is_shown_whole_and_without_doubles(
    seen: int, tail: int, new: int
) -> None:
    everything = turns(1, seen + new)
    end = everything[-2 * tail :]
    earlier = None if len(end) == len(everything) else end[0].message_id
    before = opened(*turns(1, seen))

    after = session.refresh(before, stored(*end, earlier=earlier))

    shown = [m.message_id for m in after.messages]
    assert shown == [m.message_id for m in everything][-len(shown) :]
    assert len(shown) >= len(end)


def test_a_choice_that_the_api_does_not_have_yet_outlives_what_is_read() -> None:
    wanted = Choice(assistant_id="ast_1", temperature=1.5)
    before = session.choose(opened(*turns(1, 1)), wanted)

    assert session.refresh(before, stored(*turns(1, 1))).choice == wanted

    theirs = replace(stored(*turns(1, 1)), choice=Choice(model_id="mdl_1"))
    assert session.refresh(opened(*turns(1, 1)), theirs).choice == theirs.choice
