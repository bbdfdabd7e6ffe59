"""The judge of outgoing requests is judged: it must report what Telegram refuses."""

from __future__ import annotations

from typing import Any

import pytest
from telegram_schema import decode, problems

BUTTON = {"text": "a", "callback_data": "1:u"}
ARTICLE = {
    "type": "article",
    "id": "1",
    "title": "t",
    "input_message_content": {"message_text": "hello"},
}


def message(**more: Any) -> dict[str, Any]:
    return {"chat_id": 1, "text": "hello"} | more


def keyboard(**more: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[BUTTON | more]]}


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("sendMessage", {"chat_id": 1}),
        ("sendMessage", message(text="")),
        ("sendMessage", message(text="x" * 4097)),
        ("sendMessage", message(text="😀" * 2049)),
        ("sendMessage", message(text="<b>&</b>", parse_mode="HTML")),
        ("sendMessage", message(text="<b>a", parse_mode="HTML")),
        ("sendMessage", message(text="<b><i>a</b></i>", parse_mode="HTML")),
        ("sendMessage", message(text="1 < 2", parse_mode="HTML")),
        ("sendMessage", message(text="<p>a</p>", parse_mode="HTML")),
        ("sendMessage", message(nonsense=1)),
        ("sendMessage", message(disable_notification="yes")),
        ("sendMessage", message(reply_markup=keyboard(callback_data="x" * 65))),
        ("sendMessage", message(reply_markup=keyboard(url="https://a.example"))),
        ("sendMessage", message(reply_parameters={"message_id": "1"})),
        ("answerInlineQuery", {"inline_query_id": "1", "results": [ARTICLE] * 51}),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}),
        ("deleteMessages", {"chat_id": 1, "message_ids": []}),
        ("setMyShortDescription", {"short_description": "x" * 121}),
        ("sendNonsense", {}),
    ],
)
def test_what_telegram_refuses_is_reported(method: str, fields: dict[str, Any]) -> None:
    assert problems(method, fields)


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        ("sendMessage", message(text="x" * 4096)),
        ("sendMessage", message(text="<b>a</b> &amp; &lt;", parse_mode="HTML")),
        ("sendMessage", message(text="a & b < c")),
        ("sendMessage", message(reply_markup=keyboard())),
        ("answerInlineQuery", {"inline_query_id": "1", "results": [ARTICLE] * 50}),
    ],
)
def test_what_telegram_takes_is_not_reported(
    method: str, fields: dict[str, Any]
) -> None:
    assert problems(method, fields) == []


def test_forms_are_read_by_the_types_of_the_schema() -> None:
    form = {"chat_id": "-5", "text": "7", "reply_markup": '{"inline_keyboard": []}'}

    fields = decode("sendMessage", form)

    expected = {"chat_id": -5, "text": "7", "reply_markup": {"inline_keyboard": []}}
    assert fields == expected
