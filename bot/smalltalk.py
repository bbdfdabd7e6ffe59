"""Messages that ask nothing of the knowledge: greetings, thanks, orders to the bot.

Also the short remarks about the last answer: "source?", "are you sure?", "more".
"""

from __future__ import annotations

import re
from typing import Literal

from indexer.analysis import normalise

Remark = Literal[
    "greeting", "thanks", "goodbye", "who", "order", "advice", "sources", "sure", "more"
]

# Longer messages ask something, whatever they open with.
LONGEST = 400
READ = 4096
_END = r"[\W_]*"


def _whole(*phrases: str) -> re.Pattern[str]:
    # Messages are matched normalised, so marks must stand in the same order here.
    phrases = tuple(p if p.isascii() else normalise(p) for p in phrases)
    return re.compile(
        rf"{_END}(?:{'|'.join(phrases)}){_END}(?:(?:bot|there|all|everyone|you){_END})?$"
    )


# In this order; the first that matches decides.
PATTERNS: tuple[tuple[Remark, re.Pattern[str]], ...] = (
    ("greeting", _whole(
        r"(?:hi|hello|hey|hallo|hola|greetings|yo|good (?:morning|afternoon|evening|day))+"
        r"(?:,? (?:how are you|how is it going|nice to meet you))?",
        "how are you", "สวัสดี(?:ครับ|ค่ะ|คะ)?", "ສະບາຍດີ", "(?:xin )?chào(?: bạn)?", "你好", "您好",
        "សួស្តី", "ជំរាបសួរ", "မင်္ဂလာပါ",
    )),
    ("thanks", _whole(
        r"(?:ok(?:ay)?,? |great,? |perfect,? )?(?:many |much )?(?:thanks?|thx|ty|cheers|merci|danke)"
        r"(?: you)?(?: (?:so|very) much| a lot| for .{1,40})?",
        "(?:(?:great|perfect|awesome|good bot|well done|very helpful|that helps?|nice|cool|ok(?:ay)?|got it|i see)[\\W_]*)+"
        r"(?:,? (?:thanks?|thank you).{0,30})?",
        r"(?:many )?(?:thanks|thank you|thx)[\W_]+(?:(?:that is|that was|that's|you are|you're|this is) )?(?:(?:very|really|so) )?(?:kind|helpful|useful|clear|good|nice)(?: of you)?",
        "ขอบคุณ(?:ครับ|ค่ะ|มาก)*", "ຂອບໃຈ", "cảm ơn(?: bạn)?", "谢谢", "អរគុណ", "ကျေးဇူးတင်ပါတယ်",
    )),
    ("goodbye", _whole("(?:good ?)?bye(?: bye)?", "see you(?: later| soon)?", "good ?night", "再见", "tạm biệt")),
    ("who", _whole(
        r"(?:who|what) (?:are|r) (?:you|u)", "are you (?:a )?(?:real|human|bot|robot|person|official)(?: .{0,20})?",
        "is this (?:an? )?(?:official )?bot", "who (?:made|runs|built|created|operates) (?:you|this bot)",
        "what can you do", "what do you do", "am i talking to a (?:human|person|bot|robot)",
    )),
    ("order", re.compile(
        r"(?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:previous|prior|above|all|your|the|these|any)\b"
        r".{0,30}(?:instruction|rule|prompt|guideline|restriction|programming|filter)"
        r"|\b(?:system|hidden|initial) prompt|you are now\b|\bact as (?:a|an|if|my)\b|\bpretend (?:to be|you|that you)"
        r"|\bjailbreak|\bdeveloper mode|\bdan mode|\broleplay|\b(?:print|show|reveal|give|tell|send|repeat|output)\b"
        r".{0,25}\b(?:your|the bot'?s?)\b.{0,15}(?:token|password|api key|prompt|instructions|source code|config)"
        r"|\brepeat after me|\banswer only with|\bsay (?:it|this|that) (?:as|in)\b|\byour own opinion|\b(?:i|we) (?:order|command) you\b"
        r"|\bas your (?:administrator|admin|developer|owner|creator|boss|operator)\b|\bstop being\b|\bfrom now on\b"
        r"|drop table|<script|\brm -rf|\bsudo\b|translate (?:this|the following)|write (?:me )?(?:a|an|some) (?:[a-z]+ )?(?:poem|song|story|essay|joke|code|program|script|function|email|letter)"
    )),
    ("advice", re.compile(
        r"\b(?:can|should|could|may|must) (?:i|we)\b.{0,40}\b(?:sue|plead|appeal|file a (?:case|lawsuit)|press charges|get a visa)"
        r"|\bmy (?:lawyer|court case|visa application|symptoms?|prescription|dosage|diagnosis)\b"
        r"|\b(?:how much|what dose|what medicine|which medicine|which pills?)\b.{0,30}\b(?:take|for)\b.{0,30}\b(?:pain|fever|pregnan|infection|headache|depress)"
    )),
    ("sources", _whole(
        r"(?:and |what(?:'s| is| are| was) )?(?:the |your )?sources?(?: (?:please|for that|of that|for this))?",
        "(?:and )?(?:says|said|according to) whom?", r"where (?:is|does|did) (?:that|this|it) (?:from|come from)",
        r"where (?:do|did) you (?:get|have|find|read|hear) (?:that|this|it)(?: from)?", "who (?:says|said|told you) (?:that|so|this)",
        r"what is (?:that|this|it) based on", "based on what", r"(?:is|are) there (?:a |any )?sources?(?: for (?:that|this|it))?",
        "(?:any |got a |do you have a )?(?:reference|citation|link)s?(?: for that)?", "proof", "prove it",
    )),
    ("sure", _whole(
        r"(?:(?:really|hmm+|ok(?:ay)?|oh|and|but|wait|what)[\W_]+)*(?:are|r) (?:you|u) (?:really |very |quite |absolutely )?(?:sure|certain)(?: (?:about|of) (?:that|this|it|the)(?: (?:number|date|year|name|place|figure|country|answer|fact))?)?",
        r"is (?:that|this|the) (?:number|date|year|name|place|figure|answer) (?:really )?(?:right|true|correct|certain|up to date)",
        r"(?:is|was) (?:that|this|it) (?:really )?(?:right|true|correct|certain|up to date|still true)", "really", "sure",
        "how do you know(?: that| this)?", "you are wrong", "(?:that|this)(?:'s| is) wrong", "i don'?t believe (?:you|that|it)",
    )),
    ("more", _whole(
        r"(?:can you |could you |please )?(?:tell|give|show) me (?:some )?more(?: (?:about|on) (?:that|it|this))?,?(?: please)?",
        "more(?: please| details?| info(?:rmation)?)?", "go on", "continue", "(?:and )?what else(?: (?:do you know|is known|is there)(?: about (?:that|it|this|them))?)?",
        "(?:is there )?anything (?:else|more)", "is there more", "and more",
        "(?:more )?details?(?: please)?", "elaborate", "explain(?: that| more| further)?",
    )),
)  # fmt: skip


def remark(text: str) -> Remark | None:
    """Name the kind of a message that asks nothing of the knowledge, or None.

    >>> remark("Thanks a lot!"), remark("Are you sure?"), remark("When was SOM 8?")
    ('thanks', 'sure', None)
    """
    plain = " ".join(normalise(text[:READ]).split())
    for name, pattern in PATTERNS:
        anywhere = name in ("order", "advice")
        if anywhere and pattern.search(plain):
            return name
        if not anywhere and len(plain) <= LONGEST and pattern.match(plain):
            return name
    return None
