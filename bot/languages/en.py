"""The fixed sentences in English. `{names}` are filled by `str.format`."""

from __future__ import annotations

from dataclasses import dataclass

DISCLAIMER = (
    "I am an independent, automatic question bot about COMMIT, the Mekong governments' "
    "process against human trafficking. I am not run by COMMIT, the UN or any government, "
    "and I am not an emergency service: see /hotlines."
)
EXAMPLES = (
    "Which countries are members of COMMIT?",
    "Where was the 8th Senior Officials' Meeting held?",
    "What did the second Joint Declaration say?",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """Every sentence that does not come from the knowledge folder."""

    # Who the bot is.
    start: str
    help: str
    terminal_help: str
    privacy: str
    operator: str
    operator_missing: str
    contact: str
    contact_missing: str
    about: str
    about_empty: str
    about_overdue: str
    about_stale: str
    description: str
    short_description: str
    commands: tuple[tuple[str, str], ...]
    # Answers.
    as_of: str
    disputed: str
    disputed_undated: str
    read_as: str
    differs: str
    first_only: str
    also: str
    quoted: str
    clarify: str
    clarify_long: str
    clarify_which: str
    number_unknown: str
    aspect_unknown: str
    aspect_missing: str
    aspect_of: str
    words_unknown: str
    too_vague: str
    off_topic: str
    ask_hotlines: str
    no_advice: str
    bad_input: str
    no_index: str
    no_hotlines: str
    greeting: str
    thanks_reply: str
    goodbye: str
    who_are_you: str
    sources_of: str
    sure: str
    nothing_before: str
    no_more: str
    why_leaned: str
    why_fact: str
    why_extract: str
    why_numbers: str
    why_unknown: str
    why_safety: str
    why_nothing: str
    why_fixed: str
    why_build: str
    # Citations.
    source: str
    own_summary: str
    more_sources: str
    archived_copy: str
    undated: str
    # Telegram.
    not_text: str
    late: str
    flood: str
    apology: str
    private_link: str
    expired: str
    unknown_fact: str
    unknown_command: str
    forgotten: str
    delete_messages: str
    deleted: str
    useful: str
    not_useful: str
    wrong: str
    why_button: str
    related_button: str
    copy_citation: str
    thanks: str
    already_counted: str
    what_is_wrong: str
    wrong_date: str
    wrong_name: str
    wrong_number: str
    wrong_link: str
    wrong_other: str
    wrong_thanks: str
    wrong_details: str
    related: str
    no_related: str
    answer_link: str
    topics: str
    topics_empty: str
    new: str
    new_empty: str
    sources: str
    sources_empty: str
    previous_page: str
    next_page: str
    back: str


EN = Phrases(
    start=f"{DISCLAIMER}\n\nAsk me in your own words, for example:\n"
    + "\n".join(f"• {example}" for example in EXAMPLES),
    help=f"{DISCLAIMER}\n\n"
    "Write your question as you would say it. I answer only from what I have read, name "
    "the source and its date, and say so when I do not know.\n\n"
    "/topics what I know about\n/new what changed lately\n/sources what I have read\n"
    "/hotlines numbers to call for help\n/why how I came to the last answer\n"
    "/privacy what I keep\n/forget forget our talk\n/about who runs me\n\n"
    "In a group, mention me or reply to me. For example:\n"
    + "\n".join(f"• {example}" for example in EXAMPLES),
    terminal_help=f"{DISCLAIMER}\n\n"
    "Write your question as you would say it, for example:\n"
    + "\n".join(f"• {example}" for example in EXAMPLES)
    + "\n\n/hotlines numbers to call for help\n/why how I came to the last answer\n"
    "/privacy what I keep\n/about what I have read\n/quit leave",
    privacy="I keep no message, no name and no user or chat id on disk. In memory I hold the "
    "last turns of our talk for 30 minutes, so that you can ask a follow-up, and the ids of "
    "our messages for 48 hours, for edits and /forget. On disk are: the numbers of updates "
    "that are finished (48 hours), how often an answer was called useful or wrong, and how "
    "often a kind of question could not be answered. My log holds no text, name or id.\n\n"
    "Telegram itself keeps this chat, and chats with bots are not end-to-end encrypted.\n\n"
    "{operator} {contact}",
    operator="This bot is run by {operator}.",
    operator_missing="Who runs this bot has not been stated.",
    contact="You reach them at {contact}.",
    contact_missing="How to reach them has not been stated.",
    about=f"{DISCLAIMER}\n\nCOMMIT question bot {{version}}. I know {{facts}} facts and "
    "{documents} documents; the newest is of {newest}. Build {build}.\n\n{operator} {contact}",
    about_empty=f"{DISCLAIMER}\n\nCOMMIT question bot {{version}}. I have no knowledge yet: the "
    "index is missing.\n\n{operator} {contact}",
    about_overdue="{count} records are overdue for review.",
    about_stale="Knowledge files are newer than my index; it should be built again.",
    description="I answer questions about COMMIT, the Mekong governments' process against human "
    "trafficking, with sources and dates.\n\nIndependent and automatic: not run by COMMIT, the "
    "UN or any government, and not an emergency service (see /hotlines).\n\nFor example: "
    "Which countries are members of COMMIT? Where was the 8th Senior Officials' Meeting held? "
    "What did the second Joint Declaration say?",
    short_description="Answers questions from a collection of documents.",
    commands=(
        ("start", "Greeting"),
        ("help", "What I can do"),
        ("topics", "What I know about"),
        ("new", "What changed lately"),
        ("sources", "What I have read"),
        ("hotlines", "Numbers to call for help"),
        ("why", "How I came to the last answer"),
        ("privacy", "What I keep"),
        ("forget", "Forget our talk"),
        ("about", "Who runs me, and my knowledge"),
    ),
    as_of="(As of {as_of}.)",
    disputed="(As of {as_of}; sources differ.)",
    disputed_undated="(Sources differ.)",
    read_as='I read "{typed}" as "{read}".',
    differs="You wrote {named}; what I know says otherwise, or nothing of it.",
    first_only="You asked more than one thing; this answers the first. Please ask the rest again.",
    also="Also:",
    quoted='From "{title}": "{text}"',
    clarify="I am not sure what you mean. Did you want to ask:",
    clarify_long="That is a long text. Which part of it is your question? One sentence is best.",
    clarify_which="Please choose, by its number or in your own words.",
    number_unknown="I know nothing of {asked}. I know {known}.",
    aspect_unknown="I know something about this, but not the answer to your question.",
    aspect_missing='I know something about this, but not together with "{words}".',
    aspect_of="I do not know that about this: {subject}. Please ask a whole question if you meant "
    "something else.",
    words_unknown='I have read nothing about "{words}", so I do not know.',
    too_vague="I need a little more: what would you like to know about COMMIT?",
    off_topic="I only know about COMMIT and the fight against human trafficking in the Mekong "
    "region, so I cannot help with that.",
    ask_hotlines="For help, see /hotlines.",
    no_advice="I cannot give legal or medical advice. For help, see /hotlines.",
    bad_input="I could not read that as a question. Please send it as one short text.",
    no_index="I have no knowledge to answer from yet: the index is missing. An operator makes it "
    "with `python -m indexer build`. /hotlines works all the same.",
    no_hotlines="I have no list of telephone numbers.",
    greeting="Hello. Ask me about COMMIT, the Mekong governments' process against human "
    "trafficking; /help shows examples.",
    thanks_reply="You are welcome.",
    goodbye="Goodbye.",
    who_are_you=f"{DISCLAIMER} No person reads or writes here.",
    sources_of="The last answer rests on:",
    sure="I only repeat what my sources say: {sources}. {as_of} I cannot check it further; "
    "/why shows how I chose it.",
    nothing_before="I do not know what you refer to. Please ask a whole question.",
    no_more="I know nothing more about that.",
    why_leaned='I took it to go on from what was said before: "{question}".',
    why_fact='I matched your question with the stored question "{title}".',
    why_extract='No stored fact fitted, so I quoted the sentence of "{title}" that covers most '
    "of your question ({coverage:.0%} of it, by weight of words).",
    why_numbers="Match of words {words:.2f} (counts {words_share:.2f}), of letters {grams:.2f} "
    "(counts {grams_share:.2f}), times {contrast:.2f} for numbers, places and kind of question, "
    "times {near:.2f} for likeness to a stored way of asking: score {score:.2f}. {coverage:.0%} "
    "of your words, by weight, stand in it; the next best is {margin:.0%} behind. I am "
    "{confidence:.0%} sure; I answer from {answer:.0%}.",
    why_unknown="I did not answer. {reason}",
    why_safety="I showed the numbers.",
    why_nothing="There is no answer of mine to explain yet.",
    why_fixed="That was a fixed sentence; I looked nothing up for it.",
    why_build="Knowledge: build {build}.",
    source="Source:",
    own_summary="Summary by this project, after:",
    more_sources="+ {count} more",
    archived_copy="read in an archived copy",
    undated="undated",
    not_text="I can only read text. Please write your question.",
    late="I was offline. Please ask again if you still need an answer.",
    flood="That was too many messages at once. I answered the first ones; please send the "
    "others again, one by one.",
    apology="Sorry, something went wrong on my side. Please ask again.",
    private_link="I can answer in private: {link}",
    expired="This is too old for me. Please ask again.",
    unknown_fact="I do not have what this link points to. Please ask me in your own words.",
    unknown_command="I do not know this command. /help lists what I can do.",
    forgotten="I have forgotten our talk. What remains here is still on this phone and with "
    "Telegram until you delete the chat.",
    delete_messages="Delete the messages of the last 48 hours",
    deleted="Deleted, as far as Telegram allows.",
    useful="👍 Useful",
    not_useful="👎 Not useful",
    wrong="Wrong or out of date",
    why_button="Why this answer?",
    related_button="Related questions",
    copy_citation="Copy citation",
    thanks="Thank you, counted.",
    already_counted="Already counted, thank you.",
    what_is_wrong="What is wrong?",
    wrong_date="The date",
    wrong_name="A name",
    wrong_number="A number",
    wrong_link="The link",
    wrong_other="Something else",
    wrong_thanks="Thank you, counted.",
    wrong_details="Details are welcome: {contact}",
    related="Related questions:",
    no_related="I have no related question.",
    answer_link="Link to this answer",
    topics="Topics",
    topics_empty="I have no topics yet.",
    new="Changed in the last 60 days:",
    new_empty="Nothing has changed in the last 60 days.",
    sources="Sources",
    sources_empty="I have no sources yet.",
    previous_page="←",
    next_page="→",
    back="↑ Topics",
)
