"""Every kind of update, in process, over a network layer that stays offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from telegram_offline import edited, inline, mention, message, refusal, tap, user

from bot.languages.en import EN

if TYPE_CHECKING:
    from telegram_fixtures import Offline


QUESTION = "Where was the 8th Senior Officials' Meeting held?"
OLD = {"date": 1_600_000_000}


async def test_question_is_answered_with_citation_link_and_buttons(
    offline: Offline,
) -> None:
    await offline.feed(message(QUESTION))

    answer = offline.last
    assert "Hanoi" in answer["text"]
    assert answer["text"].count("<a href=") >= 1
    assert "?start=fact_test-som8" in answer["text"]
    assert answer["link_preview_options"] == {"is_disabled": True}
    labels = [one["text"] for one in offline.buttons()]
    assert labels[:4] == [EN.useful, EN.not_useful, EN.wrong, EN.why_button]
    copied = next(one for one in offline.buttons() if "copy_text" in one)
    assert 0 < len(copied["copy_text"]["text"]) <= 256


async def test_no_typing_action_is_sent(offline: Offline) -> None:
    await offline.feed(message(QUESTION))

    assert [name for name, _ in offline.telegram.sent] == ["getMe", "sendMessage"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("/start", EN.start[:40]),
        ("/help", "/topics"),
        ("/privacy", "Operator of Tests"),
        ("/about", "tests@example.org"),
        ("/hotlines", "1300"),
        ("/topics", EN.topics),
        ("/new", EN.new),
        ("/sources", EN.sources),
        ("/why", EN.why_nothing),
        ("/forget", EN.forgotten),
        ("/nonsense", EN.unknown_command),
        ("/start fact_test-members", "Six countries"),
        ("/start fact_nothing-like-it", EN.unknown_fact),
        ("/start %%%", EN.start[:40]),
        (f"/help@{'commit_test_bot'}", "/topics"),
    ],
)
async def test_command_is_answered(
    offline: Offline, command: str, expected: str
) -> None:
    await offline.feed(message(command))

    assert expected in "\n".join(offline.telegram.texts())


async def test_every_command_of_the_menu_has_a_handler(offline: Offline) -> None:
    for name, _ in EN.commands:
        await offline.feed(message(f"/{name}"))

    assert EN.unknown_command not in offline.telegram.texts()


async def test_edited_question_edits_the_earlier_answer(offline: Offline) -> None:
    first = message(QUESTION)

    await offline.feed(first)
    await offline.feed(edited(first, "Which countries are members of COMMIT?"))

    assert len(offline.telegram.texts()) == 1
    edit = offline.telegram.of("editMessageText")[0]
    assert edit["message_id"] == offline.last_id
    assert "Six countries" in edit["text"]


async def test_edit_of_an_unknown_message_is_answered_anew_quoting(
    offline: Offline,
) -> None:
    before_the_restart = message("what")

    await offline.feed(edited(before_the_restart, QUESTION))

    quoted = offline.last["reply_parameters"]
    assert quoted["message_id"] == before_the_restart["message"]["message_id"]
    assert "Hanoi" in offline.last["text"]


async def test_earlier_answer_that_is_gone_is_sent_anew(offline: Offline) -> None:
    first = message(QUESTION)
    await offline.feed(first)
    gone = refusal(400, "Bad Request: message to edit not found")
    offline.telegram.faults["editMessageText"] = [gone]

    await offline.feed(edited(first, QUESTION))

    assert len(offline.telegram.texts()) == 2


PHOTO = [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]
FILE = {"file_id": "a", "file_unique_id": "b"}
ODD: dict[str, dict[str, Any]] = {
    "sticker": FILE
    | {
        "width": 1,
        "height": 1,
        "is_animated": False,
        "is_video": False,
        "type": "regular",
    },
    "voice": FILE | {"duration": 1},
    "photo": {},
    "contact": {"phone_number": "0", "first_name": "A"},
    "location": {"latitude": 1.0, "longitude": 1.0},
    "dice": {"emoji": "🎲", "value": 1},
    "poll": {
        "id": "1",
        "question": "?",
        "options": [],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    },
}


@pytest.mark.parametrize("kind", sorted(ODD))
async def test_what_is_no_text_gets_a_hint(offline: Offline, kind: str) -> None:
    content = PHOTO if kind == "photo" else ODD[kind]

    await offline.feed(message(None, **{kind: content}))

    assert offline.telegram.texts() == [EN.not_text]


async def test_album_gets_one_hint(offline: Offline) -> None:
    await offline.feed(
        *(message(None, photo=PHOTO, media_group_id="9") for _ in range(4))
    )

    assert offline.telegram.texts() == [EN.not_text]


async def test_caption_is_a_question(offline: Offline) -> None:
    await offline.feed(message(None, photo=PHOTO, caption=QUESTION))

    assert "Hanoi" in offline.last["text"]


CHANNEL = {"id": -5, "type": "channel", "title": "News"}


@pytest.mark.parametrize(
    "update",
    [
        message(None, new_chat_members=[user(9)]),
        message(None, pinned_message=None),
        message("hello", **{"from": user(9, is_bot=True)}),
        message("hello", via_bot=user(9, is_bot=True, username="x")),
        message("/help@another_bot"),
        {"update_id": 1, "channel_post": message(QUESTION)["message"]},
        {"update_id": 2, "edited_channel_post": message(QUESTION)["message"]},
        {"update_id": 3},
        {"update_id": 4, "something_new": {"id": 1}},
        message(None, is_automatic_forward=True, sender_chat=CHANNEL),
    ],
)
async def test_what_is_not_for_the_bot_meets_silence(
    offline: Offline, update: dict[str, Any]
) -> None:
    await offline.feed(update)

    assert offline.telegram.texts() == []


@pytest.mark.parametrize(
    "text", ["a\x00b", "\ud800", "x" * 4096, "😀" * 2048, " ", "‮​", "<b>&"]
)
async def test_odd_text_neither_crashes_nor_wedges_the_chat(
    offline: Offline, text: str
) -> None:
    await offline.feed(message(text))
    await offline.feed(message(QUESTION))

    assert "Hanoi" in offline.last["text"]
    assert len(offline.inbox) == 0


async def test_late_messages_get_one_silent_notice(offline: Offline) -> None:
    await offline.feed(message(QUESTION, **OLD), message("I was sold, help me", **OLD))

    assert offline.telegram.texts() == [EN.late]
    assert offline.last["disable_notification"] is True
    assert "reply_parameters" not in offline.last


async def test_error_is_logged_by_type_and_apologised_for(
    offline: Offline, caplog: pytest.LogCaptureFixture
) -> None:
    offline.telegram.faults["sendMessage"] = [refusal(400, "Bad Request: no")]

    await offline.feed(message(QUESTION))

    assert offline.last["text"] == EN.apology
    assert "BadRequest" in caplog.text


async def test_who_blocked_the_bot_hears_nothing_more(offline: Offline) -> None:
    blocked = refusal(403, "Forbidden: bot was blocked by the user")
    offline.telegram.faults["sendMessage"] = [blocked]

    await offline.feed(message(QUESTION))

    assert len(offline.telegram.texts()) == 1


# -- groups ------------------------------------------------------------------------


async def test_group_talk_is_left_alone(offline: Offline) -> None:
    await offline.feed(message(QUESTION, chat=-100), message("/help", chat=-100))
    await offline.feed(mention("hello", name="another_bot"))

    assert offline.telegram.texts() == []


async def test_mention_in_a_topic_is_answered_there_quoting(offline: Offline) -> None:
    asked = mention(QUESTION, message_thread_id=3, is_topic_message=True)

    await offline.feed(asked)

    assert "Hanoi" in offline.last["text"]
    assert offline.last["message_thread_id"] == 3
    quoted = offline.last["reply_parameters"]
    assert quoted["message_id"] == asked["message"]["message_id"]
    assert quoted["allow_sending_without_reply"] is True


async def test_reply_to_the_bot_and_its_named_command_are_answered(
    offline: Offline,
) -> None:
    ours = message("an answer", chat=-100)["message"]
    ours |= {"from": user(4242, is_bot=True)}

    await offline.feed(message(QUESTION, chat=-100, reply_to_message=ours))
    await offline.feed(message("/help@commit_test_bot", chat=-100))

    assert len(offline.telegram.texts()) == 2


async def test_danger_in_a_group_gets_one_neutral_link(offline: Offline) -> None:
    await offline.feed(mention("I was trafficked, please help me"))

    link = EN.private_link.format(link="https://t.me/commit_test_bot")
    assert offline.telegram.texts() == [link]
    assert "reply_parameters" not in offline.last
    assert "reply_markup" not in offline.last


async def test_danger_in_private_is_answered_silently_without_buttons(
    offline: Offline,
) -> None:
    await offline.feed(message("I was trafficked, please help me"))

    assert offline.last["disable_notification"] is True
    assert "reply_markup" not in offline.last
    assert "reply_parameters" not in offline.last


# -- buttons -----------------------------------------------------------------------


def data(offline: Offline, label: str, which: int = -1) -> str:
    found = [b for b in offline.buttons(which) if b["text"] == label]
    return str(found[0]["callback_data"])


def toast(offline: Offline) -> str | None:
    found = offline.telegram.of("answerCallbackQuery")[-1].get("text")
    return None if found is None else str(found)


async def test_rating_counts_once_a_person(offline: Offline) -> None:
    await offline.feed(message(QUESTION))
    useful, not_useful = data(offline, EN.useful), data(offline, EN.not_useful)

    await offline.feed(tap(useful, offline.last_id))
    first = toast(offline)
    await offline.feed(tap(not_useful, offline.last_id))

    assert (first, toast(offline)) == (EN.thanks, EN.already_counted)


async def test_wrong_asks_what_and_names_the_contact(offline: Offline) -> None:
    await offline.feed(message(QUESTION))
    await offline.feed(tap(data(offline, EN.wrong), offline.last_id))
    assert offline.last["text"] == EN.what_is_wrong

    await offline.feed(tap(data(offline, EN.wrong_date), offline.last_id))

    assert toast(offline) == EN.thanks
    edit = offline.telegram.of("editMessageText")[-1]
    assert "tests@example.org" in edit["text"]


async def test_why_button_explains_the_last_answer_only(offline: Offline) -> None:
    await offline.feed(message(QUESTION))
    first, why = offline.last_id, data(offline, EN.why_button)
    await offline.feed(tap(why, first))
    explained = offline.last["text"]
    await offline.feed(message("Which countries are members of COMMIT?"))

    await offline.feed(tap(why, first))

    assert "8th Senior" in explained
    assert toast(offline) == EN.expired


async def test_related_questions_can_be_chosen(offline: Offline) -> None:
    await offline.feed(message(QUESTION))
    await offline.feed(tap(data(offline, EN.related_button), offline.last_id))
    chosen = offline.buttons()[0]["callback_data"]

    await offline.feed(tap(chosen, offline.last_id))

    assert "Six countries" in offline.last["text"]


@pytest.mark.parametrize(
    "odd", ["1:u:ffffffff", "0:u:1", "", "1", "1:zz", "1:o:a:99", "1:x:a", "9" * 64]
)
async def test_old_foreign_and_garbled_taps_are_answered_politely(
    offline: Offline, odd: str
) -> None:
    await offline.feed(message(QUESTION))

    await offline.feed(tap(odd, offline.last_id))

    assert toast(offline) == EN.expired


async def test_tap_after_a_restart_asks_to_ask_again(offline: Offline) -> None:
    await offline.feed(tap("1:u:12345678", 77))

    assert toast(offline) == EN.expired


async def test_topics_lead_to_questions_and_back(offline: Offline) -> None:
    await offline.feed(message("/topics"))
    number = offline.last_id
    await offline.feed(tap(offline.buttons()[0]["callback_data"], number))

    page = offline.telegram.of("editMessageText")[-1]
    rows = page["reply_markup"]["inline_keyboard"]
    assert page["text"] == "Meetings"
    assert rows[-1][0]["text"] == EN.back
    await offline.feed(tap(rows[0][0]["callback_data"], number))
    assert "COMMIT" in offline.last["text"]


async def test_sources_are_turned_page_by_page(offline: Offline) -> None:
    await offline.feed(message("/sources"))
    forward = offline.buttons()[-1]["callback_data"]

    await offline.feed(tap(forward, offline.last_id))

    first, second = offline.last, offline.telegram.of("editMessageText")[-1]
    assert first["text"] != second["text"]
    assert len(second["reply_markup"]["inline_keyboard"][0]) == 2


async def test_forget_deletes_both_sides_of_the_talk(offline: Offline) -> None:
    asked, command = message(QUESTION), message("/forget")
    await offline.feed(asked, command)
    expected = {asked["message"]["message_id"], command["message"]["message_id"]}

    await offline.feed(tap(data(offline, EN.delete_messages), offline.last_id))

    deleted = offline.telegram.of("deleteMessages")[0]["message_ids"]
    assert expected | {5000, 5001} == set(deleted)
    assert toast(offline) == EN.deleted
    await offline.feed(message("/why"))
    assert offline.last["text"] == EN.why_nothing


async def test_forget_in_a_group_offers_no_deleting(offline: Offline) -> None:
    await offline.feed(message("/forget@commit_test_bot", chat=-100))

    assert offline.last["text"] == EN.forgotten
    assert offline.buttons() == []


# -- inline mode -------------------------------------------------------------------


async def test_inline_query_lists_facts_with_full_answers(offline: Offline) -> None:
    await offline.feed(inline("meetings hanoi"))

    results = offline.telegram.of("answerInlineQuery")[0]["results"]
    assert results[0]["id"] == "test-som8"
    assert "Hanoi" in results[0]["input_message_content"]["message_text"]
    assert "<a href=" in results[0]["input_message_content"]["message_text"]


async def test_empty_inline_query_and_refused_html_are_survived(
    offline: Offline,
) -> None:
    parse = refusal(400, "Bad Request: can't parse entities in input")
    offline.telegram.faults["answerInlineQuery"] = [parse]

    await offline.feed(inline(""))

    plain = offline.telegram.of("answerInlineQuery")[-1]["results"]
    assert all("parse_mode" not in one["input_message_content"] for one in plain)
