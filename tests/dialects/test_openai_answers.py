"""How whole answers of OpenAI's Images API, and of its imitators, are understood."""

from __future__ import annotations

import pytest

from bot.core.errors import BadAnswer, Blocked, DrawingFailed, OutcomeUnknown, TooFast
from bot.core.pricing import Usage
from bot.imageapi.calls import Answer, Link
from bot.imageapi.dialects import openai_images
from tests.clock import NOON
from tests.dialects.orders import ORDER

# base64 of b"picture" and b"another"
ONE, TWO = b"cGljdHVyZQ==", b"YW5vdGhlcg=="


def understood(body: bytes, status: int = 200) -> Answer:
    """The answer that these bytes are."""
    return openai_images.answer(ORDER, status, {}, body, now=NOON)


def test_a_picture_and_what_it_took() -> None:
    """Given OpenAI's own answer, when it is read, then the picture and each count are there."""
    answer = understood(
        b'{"created":1763600000,"data":[{"b64_json":"' + ONE + b'"}],"background":"opaque",'
        b'"output_format":"png","quality":"high","size":"1024x1024","usage":{"total_tokens":1773,'
        b'"input_tokens":17,"output_tokens":1756,'
        b'"input_tokens_details":{"text_tokens":12,"image_tokens":5},'
        b'"output_tokens_details":{"image_tokens":1740,"text_tokens":16}}}'
    )

    assert answer.pictures == (b"picture",)
    assert answer.usage == Usage(text_in=12, image_in=5, image_out=1740, text_out=16)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (b'{"input_tokens":9,"output_tokens":196}', Usage(text_in=9, image_out=196)),
        (b'{"output_tokens":196,"output_tokens_details":null}', Usage(image_out=196)),
        (
            b'{"output_tokens":196,"input_tokens_details":{"text_tokens":9,"image_tokens":0}}',
            Usage(text_in=9, image_out=196),
        ),
        (b"null", None),
        (b'{"input_tokens":0,"output_tokens":0,"total_tokens":0}', None),
        (b'{"output_tokens":"196"}', None),
        (b'{"output_tokens":true}', None),
        (b'{"output_tokens":-5}', None),
        (b"[]", None),
    ],
)
def test_counts_are_believed_only_where_they_count(usage: bytes, expected: Usage | None) -> None:
    """Given usage in some form, when it is read, then only real counts are taken for counts."""
    body = b'{"data":[{"b64_json":"' + ONE + b'"}],"usage":' + usage + b"}"

    assert understood(body).usage == expected


@pytest.mark.parametrize(
    "entry",
    [
        b'{"b64_json":"' + ONE + b'"}',
        b'{"b64_json":"' + ONE + b'","url":null,"revised_prompt":null}',
        b'{"b64_json":"data:image/png;base64,' + ONE + b'"}',
        b'{"b64_json":null,"url":"data:image/png;base64,' + ONE + b'"}',
        b'{"b64_json":"cGljdH\\nVyZQ=="}',
        b'{"b64_json":"cGljdHVyZQ"}',
        b'"data:image/png;base64,' + ONE + b'"',
    ],
    ids=["plain", "nulls", "data prefix", "data link", "line break", "no padding", "bare"],
)
def test_a_picture_is_found_however_it_is_wrapped(entry: bytes) -> None:
    """Given one of the wraps that occur, when it is read, then the picture comes out."""
    assert understood(b'{"created":1,"data":[' + entry + b"]}").pictures == (b"picture",)


def test_the_alphabet_for_links_is_read_as_well() -> None:
    """Given base64 with - and _, when it is read, then it means + and /."""
    assert understood(b'{"data":[{"b64_json":"-_-_"}]}').pictures == (b"\xfb\xff\xbf",)


def test_a_link_stays_a_link() -> None:
    """Given a link, when the answer is read, then it is handed on to be fetched."""
    answer = understood(
        b'{"created":1,"data":[{"url":"https://cdn.example/a.png?sig=1","b64_json":null},'
        b'"http://other.example/b.png"]}'
    )

    assert answer.pictures == (
        Link("https://cdn.example/a.png?sig=1"),
        Link("http://other.example/b.png"),
    )


def test_a_picture_beside_a_link_saves_the_way() -> None:
    """Given both, when it is read, then the bytes win."""
    answer = understood(b'{"data":[{"b64_json":"' + ONE + b'","url":"https://cdn.example/a"}]}')

    assert answer.pictures == (b"picture",)


def test_a_link_helps_where_the_bytes_are_spoilt() -> None:
    """Given bytes that do not decode and a link, when it is read, then the link is taken."""
    answer = understood(b'{"data":[{"b64_json":"%%%","url":"https://cdn.example/a"}]}')

    assert answer.pictures == (Link("https://cdn.example/a"),)


def test_fewer_pictures_than_asked_for_are_still_pictures() -> None:
    """Given one good and several useless entries, when it is read, then the good one counts."""
    answer = understood(
        b'{"data":[null,{"b64_json":""},{"b64_json":"' + TWO + b'"},{},{"url":"ftp://x"},7,'
        b'{"b64_json":"%%%%"}]}'
    )

    assert answer.pictures == (b"another",)


@pytest.mark.parametrize(
    "body",
    [
        b'{"created":1}',
        b'{"created":1,"data":[]}',
        b'{"created":1,"data":null}',
        b'{"created":1,"data":[{"b64_json":null,"url":null}]}',
        b'{"created":1,"data":[{"url":"file:///etc/passwd"}]}',
        b'{"created":1,"data":"soon"}',
        b"{not json}",
        b"<html><title>Welcome</title></html>",
        b"OK",
    ],
)
def test_success_without_a_picture_is_a_bad_answer(body: bytes) -> None:
    """Given status 200 and no picture, when it is read, then that is what it is."""
    with pytest.raises(BadAnswer):
        understood(body)


@pytest.mark.parametrize("body", [b"", b" \n", b'{"created":1,"data":[{"b64_json":"cGljd', b"{"])
def test_an_answer_that_breaks_off_may_have_been_paid(body: bytes) -> None:
    """Given half an answer, when it is read, then nobody knows what became of the rest."""
    with pytest.raises(OutcomeUnknown):
        understood(body)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"error":{"code":"moderation_blocked","message":"no"}}', Blocked),
        (b'{"error":"rate limit reached, try again in 3s"}', TooFast),
        (b'{"success":false,"message":"something odd"}', DrawingFailed),
    ],
)
def test_success_with_an_error_is_an_error(body: bytes, kind: type[DrawingFailed]) -> None:
    """Given status 200 and an error, when it is read, then the error counts."""
    with pytest.raises(DrawingFailed) as failed:
        understood(body)

    assert type(failed.value) is kind


def test_any_other_status_is_judged_by_its_body() -> None:
    """Given a refusal, when it is read, then its code decides."""
    with pytest.raises(Blocked, match="HTTP 400, moderation_blocked"):
        understood(b'{"error":{"code":"moderation_blocked","message":"no"}}', status=400)


@pytest.mark.parametrize("status", [201, 203])
def test_other_kinds_of_success_are_success(status: int) -> None:
    """Given a relay that answers 201, when it brings a picture, then it is taken."""
    assert understood(b'{"data":[{"b64_json":"' + ONE + b'"}]}', status).pictures == (b"picture",)
