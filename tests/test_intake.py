"""What reading may have damaged is told, and what is whole is not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.glossary import Analyser, Glossary
from indexer.intake import inspect, mended
from indexer.terms import Terms
from indexer.types import Document, Section

ENGLISH = "Six governments of the region signed a memorandum in Yangon in 2004.\n" * 8
VIETNAMESE = (
    "Sáu nước tiểu vùng sông Mê Kông đã ký bản ghi nhớ về hợp tác phòng, chống "
    "buôn bán người tại Yangon năm 2004, và từ đó các quan chức "
    "cấp cao họp mỗi năm một lần. "
)
THAI = (
    "รัฐบาลหกประเทศในอนุภูมิภาคลุ่มแม่น้ำโขงได้ลงนามในบันทึกความเข้าใจว่าด้วยความร่วมมือ"
    "ต่อต้านการค้ามนุษย์ที่กรุงย่างกุ้งเมื่อปีสองพันสี่และประชุมร่วมกันทุกปี"
)
BURMESE = (
    "လူကုန်ကူးမှု တားဆီးကာကွယ်ရေး ဥပဒေ အင်္ဂါ မင်္ဂလာပါ ကမ္ဘာ ယောက်ျား ကျွန်ုပ် "
    "အောက်တိုဘာ ဩဂုတ် ဝန်ကြီး သို့သော် ဖြစ်သည်။ လူ့အခွင့်အရေး"
)
ZAWGYI = "ျမန္မာႏိုင္ငံ လူကုန္ကူးမႈ တိုက္ဖ်က္ေရး ဥပေဒ ေနေကာင္းလား"


def document(*texts: str, file: str = "documents/a.pdf") -> Document:
    sections = tuple(
        Section("", text, f"p. {number}") for number, text in enumerate(texts, 1)
    )
    return Document(file, "document", "A", sections=sections, file=file)


@pytest.mark.parametrize(
    "text", [ENGLISH, VIETNAMESE * 2, THAI * 2, BURMESE, "湄公河 " * 30]
)
def test_whole_text_is_not_reported(text: str):
    assert inspect(document(text)) == ()


def test_pages_without_text_are_named_as_ranges():
    pages = document("", ENGLISH, " \n", "--", "", ENGLISH)

    assert inspect(pages) == (
        "p. 1, 3-5: no text (a scan?), run it through text recognition",
    )


def test_many_places_are_counted():
    lines = inspect(document(*["", ENGLISH] * 9))

    assert lines[0].startswith("p. 1, 3, 5, 7, 9, 11 and 3 more: no text")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "the governmentsoftheregionsignedamemorandumin Yangon",
            "p. 1: words that may be glued together "
            "(governmentsoftheregionsignedamemorandumi...)",
        ),
        ("a \ufffd b \ufffd", "p. 1: odd characters, text may be missing (U+FFFD)"),
        ("a \uf0b7 b", "p. 1: odd characters, text may be missing (U+F0B7)"),
        ("a \x07 b", "p. 1: odd characters, text may be missing (U+0007)"),
        (ZAWGYI, "p. 1: looks like old Zawgyi Burmese, convert it to Unicode"),
        (
            "They traf\xadficked people",
            "p. 1: words cut by a hyphen at the end of a line (traf-ficked)",
        ),
        (
            "They traf-\nficked people",
            "p. 1: words cut by a hyphen at the end of a line (traf- ficked)",
        ),
        (
            "left column   right column\n" * 4 + "Both.",
            "p. 1: wide gaps or very short lines, columns may be read across",
        ),
        (
            "one\ntwo\n" * 10,
            "p. 1: wide gaps or very short lines, columns may be read across",
        ),
    ],
)
def test_damage_is_told_with_its_page_and_an_example(text: str, expected: str):
    assert inspect(document(text)) == (expected,)


def test_vietnamese_that_lost_its_marks():
    marked = unicodedata.normalize("NFD", VIETNAMESE * 2).replace("đ", "d")
    bare = "".join(char for char in marked if not unicodedata.combining(char))

    assert inspect(document(ENGLISH, bare)) == (
        "p. 2: Vietnamese without tone marks, read it from another copy",
    )


def test_thai_that_lost_its_marks():
    bare = "".join(char for char in THAI if char not in "\u0e48\u0e49\u0e4a\u0e4b")

    assert inspect(document(bare * 2)) == (
        "p. 1: Thai without tone marks, read it from another copy",
    )


def test_links_and_paths_are_no_glued_words():
    text = "see https://example.org/averylongpathwithoutanydotsorslashesinit and a/b"

    assert inspect(document(text)) == ()


def test_headings_are_named_where_there_are_no_pages():
    sections = (Section("A", "x \ufffd", "Meetings"), Section("B", "y \ufffd", "Plans"))
    page = Document("a.html", "document", "A", sections=sections, file="a.html")

    assert inspect(page) == (
        '"Meetings", "Plans": odd characters, text may be missing (U+FFFD)',
    )


def test_short_lines_of_other_formats_are_lists():
    assert inspect(document("one\ntwo\n" * 10, file="documents/a.md")) == ()


def test_mended_document_has_no_traces_of_guessed_joins():
    whole = document("They traf\xadficked people", ENGLISH)

    assert [section.text for section in mended(whole).sections] == [
        "They trafficked people",
        ENGLISH,
    ]


def test_ordinary_text_is_told_from_damaged_text_at_little_cost():
    damaged = {
        "a\x07b": "odd characters, text may be missing (U+0007)",
        "a\ue000b": "odd characters, text may be missing (U+E000)",
        "a\ufffdb": "odd characters, text may be missing (U+FFFD)",
        "x" * 31: f"words that may be glued together ({'x' * 31}...)",
    }

    for text, line in damaged.items():
        assert inspect(document(text, file="documents/a.md")) == (f"p. 1: {line}",)


def test_vietnamese_in_plain_letters_is_noticed():
    text = (
        "Sau nuoc da ky ban ghi nho ve hop tac va cac quan chuc cua cac nuoc hop. " * 4
    )

    (line,) = inspect(document(text, file="documents/a.md"))

    assert line.startswith("p. 1: Vietnamese without tone marks")


PIECE = st.sampled_from(
    [
        "the talk of it", "khong co ai la nguoi", "x" * 31, "a-\n b", "\n", "   ", "\t",
        "\x02", "ă", "8 th", "it's'la", "no.x86_64", "wide   gap", "\n\n\n\n\n\n",
    ]
)  # fmt: skip


@given(
    texts=st.lists(
        st.lists(PIECE | st.text(max_size=9), max_size=40).map(" ".join), max_size=4
    ),
    name=st.sampled_from(["documents/a.txt", "documents/a.md", "documents/a.pdf"]),
)
def test_what_is_looked_over_at_once_is_clean(texts: list[str], name: str):
    sections = tuple(Section("", text, f"line {n}") for n, text in enumerate(texts))
    whole = Document(name, "document", "A", sections=sections, file=name)

    usual = sum(Terms(Analyser(Glossary()), "en").of_all(texts).signs) < 2

    assert inspect(whole, usual_words=usual) == inspect(whole)
