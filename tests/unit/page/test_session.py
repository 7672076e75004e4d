from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reflex_app import session
from reflex_app.replies import Cost, Outcome, Problem
from reflex_app.session import (
    ASSISTANT,
    FAILED,
    INTERRUPTED,
    STOPPED,
    USER,
    Conversation,
)

BROKEN = Problem(code="INTERRUPTED", message="It broke off.", retryable=True)


def cost(amount: str) -> Cost:
    return Cost(amount=Decimal(amount), currency="USD", estimated=False)


def outcome(
    content: str = "Alfred", status: str = "COMPLETED", **more: object
) -> Outcome:
    plain = Outcome(
        status=status, content=content, total_tokens=7, cost=cost("0.000402")
    )
    return replace(plain, **more)


def following(conversation: Conversation, text: str = "Who?") -> Conversation:
    return session.accept(session.ask(conversation, text), "gen_1", "echo")


def answered(conversation: Conversation, ending: Outcome | None = None) -> Conversation:
    return session.finish(following(conversation), ending or outcome())


def test_a_question_is_shown_at_once_and_waits_for_its_answer() -> None:
    asked = session.ask(Conversation(), "Who?")

    assert [(m.role, m.content) for m in asked.messages] == [(USER, "Who?")]
    assert asked.asked
    assert asked.generation_id is None


def test_an_answer_ends_the_wait_and_keeps_its_model_and_cost() -> None:
    conversation = answered(Conversation())

    answer = conversation.messages[-1]
    assert (answer.role, answer.model, answer.tokens) == (ASSISTANT, "echo", 7)
    assert not conversation.asked
    assert conversation.total.amount == Decimal("0.000402")


def test_a_refused_question_keeps_its_text_and_can_be_asked_again() -> None:
    refused = session.refuse(session.ask(Conversation(), "Who?"), BROKEN)

    again = session.retry(refused)

    assert refused.can_retry
    assert session.history(again) == ((USER, "Who?"),)
    assert again.messages[0].problem is None


def test_a_retry_replaces_the_failed_answer_and_does_not_double_the_question() -> None:
    failed = answered(Conversation(), outcome(content="", status=FAILED))

    again = session.retry(failed)

    assert session.history(again) == ((USER, "Who?"),)
    assert [m.role for m in again.messages] == [USER]


def test_a_retry_does_not_forget_what_the_replaced_answer_cost() -> None:
    broken = answered(Conversation(), outcome(status=INTERRUPTED))

    again = session.retry(broken)

    assert again.total.amount == Decimal("0.000402")


def test_an_answer_that_ended_well_cannot_be_retried() -> None:
    conversation = answered(Conversation())

    assert not conversation.can_retry
    assert session.retry(conversation) is conversation


def test_a_turn_that_failed_is_not_told_to_the_model() -> None:
    failed = answered(Conversation(), outcome(content="", status=FAILED))

    asked = session.ask(failed, "And now?")

    assert session.history(asked) == ((USER, "And now?"),)


def test_what_was_read_of_a_stopped_answer_is_told_to_the_model() -> None:
    stopped = answered(Conversation(), outcome(content="Alf", status=STOPPED))

    asked = session.ask(stopped, "Go on")

    assert session.history(asked) == (
        (USER, "Who?"),
        (ASSISTANT, "Alf"),
        (USER, "Go on"),
    )


def test_an_answer_stopped_before_its_first_word_is_not_told_to_the_model() -> None:
    stopped = answered(Conversation(), outcome(content=" ", status=STOPPED))

    asked = session.ask(stopped, "Go on")

    assert session.history(asked) == ((USER, "Go on"),)


def test_a_lost_answer_keeps_its_partial_text_and_has_an_unknown_cost() -> None:
    lost = session.lose(following(Conversation()), "Alf", BROKEN)

    assert (lost.messages[-1].content, lost.messages[-1].status) == ("Alf", INTERRUPTED)
    assert lost.total.unknown == 1
    assert lost.can_retry


def test_a_lost_answer_is_kept_up_to_a_bound() -> None:
    lost = session.lose(following(Conversation()), "x" * 200_000, BROKEN)

    assert len(lost.messages[-1].content) == session.MAX_PARTIAL_CHARS


def test_clearing_forgets_messages_and_cost_but_goes_on_counting_turns() -> None:
    before = answered(Conversation())

    after = session.clear(before)

    assert after.messages == ()
    assert after.total.amount == 0
    assert after.turn > before.turn


def test_a_conversation_has_a_bound() -> None:
    conversation = Conversation()
    for _ in range(session.MAX_MESSAGES):
        conversation = answered(conversation)

    assert len(conversation.messages) <= session.MAX_MESSAGES + 1


@given(st.lists(st.decimals("0", "100", places=12), max_size=20))
def test_the_total_is_the_exact_sum_of_all_costs(amounts: list[Decimal]) -> None:
    conversation = Conversation()
    for amount in amounts:
        one = Cost(amount=amount, currency="USD", estimated=False)
        conversation = answered(conversation, outcome(cost=one))

    assert conversation.total.amount == sum(amounts, Decimal(0))


@given(
    st.lists(st.sampled_from(["finish", "fail", "refuse", "lose", "retry", "clear"]))
)
def test_roles_alternate_and_keys_are_unique_whatever_happens(steps: list[str]) -> None:
    conversation = Conversation()
    for step in steps:
        conversation = STEPS[step](conversation)
        asked = session.ask(conversation, "Next?")
        roles = [role for role, _ in session.history(asked)]
        keys = [message.key for message in asked.messages]

        assert roles == [USER, ASSISTANT] * (len(roles) // 2) + [USER]
        assert len(set(keys)) == len(keys)


STEPS = {
    "finish": answered,
    "fail": lambda c: answered(c, outcome(content="", status=FAILED)),
    "refuse": lambda c: session.refuse(session.ask(c, "Who?"), BROKEN),
    "lose": lambda c: session.lose(following(c), "Alf", BROKEN),
    "retry": lambda c: session.refuse(session.retry(c), BROKEN) if c.can_retry else c,
    "clear": session.clear,
}
