"""The pretend image API answers as OpenAI's does: pictures, tokens, streams, links, a log."""

import asyncio
from base64 import b64encode

import aiohttp
import pytest
from PIL import Image, ImageChops, ImageStat

from bot.demo import painter
from bot.demo.pretend_api import PretendApi
from bot.demo.pretend_faults import RateLimited
from bot.demo.pretend_models import models
from tests.demo.visitor import MODEL, PROMPT, Noon, Visitor, opened, picture, png


def tokens(model: str, quality: str, width: int, height: int) -> int:
    """Output tokens of one picture of a model by its id."""
    return next(each for each in models() if each.id == model).tokens(quality, width, height)


async def test_a_picture_comes_back_as_asked_for(visitor: Visitor) -> None:
    """Given a good request, when it is sent, then picture, echo, usage and headers come back."""
    answer = await visitor.generate(quality="high", safety_identifier="abc", user="def")

    assert answer.status == 200
    assert answer.pictures[0].size == (1024, 1024)
    assert answer.json | {"data": None} == {
        "created": round(Noon().now().timestamp()),
        "data": None,
        "background": "opaque",
        "output_format": "png",
        "quality": "high",
        "size": "1024x1024",
        "usage": {
            "total_tokens": 1762,
            "input_tokens": 6,
            "output_tokens": 1756,
            "input_tokens_details": {"text_tokens": 6, "image_tokens": 0},
            "output_tokens_details": {"image_tokens": 1756, "text_tokens": 0},
        },
    }
    assert answer.headers["x-request-id"].startswith("req_")
    assert answer.headers["openai-processing-ms"].isdigit()


@pytest.mark.parametrize(
    ("model", "quality", "size", "expected"),
    [
        ("gpt-image-2.5-flare", "low", (1024, 1024), 196),
        ("gpt-image-2.5-flare", "medium", (1024, 1024), 439),
        ("gpt-image-2.5-sunburst", "high", (1024, 1024), 1756),
        ("gpt-image-2.6-flare", "xhigh", (1024, 1024), 3122),
        ("gpt-image-2.6-sunburst", "max", (1024, 1024), 7024),
        ("gpt-image-2", "low", (1024, 1024), 196),
        ("gpt-image-2", "medium", (1024, 1024), 1756),
        ("gpt-image-2", "high", (1024, 1024), 7024),
        ("gpt-image-2", "high", (1024, 1536), 5488),
        ("gpt-image-1.5", "medium", (1536, 1024), 1568),
        ("gpt-image-1-mini", "low", (1024, 1536), 408),
    ],
)
def test_tokens_are_those_that_are_known(
    model: str, quality: str, size: tuple[int, int], expected: int
) -> None:
    """Given a published count, when tokens are computed, then they are the same number."""
    assert tokens(model, quality, *size) == expected


async def test_the_bill_is_exact(visitor: Visitor, api: PretendApi) -> None:
    """Given pictures, references and partials, when they are drawn, then each token is billed."""
    await visitor.generate(quality="high", n=2)
    await visitor.generate(quality="low", stream=True, partial_images=3)
    await visitor.edit(png(picture()), png(picture()), quality="low")

    text, references, out = 3 * 6, 2 * 1024, 2 * 1756 + (196 + 300) + 196
    assert api.billed_microdollars == text * 5 + references * 8 + out * 30


async def test_what_is_refused_costs_nothing(visitor: Visitor, api: PretendApi) -> None:
    """Given a request that is refused, when it ends, then the bill is empty."""
    await visitor.generate(size="1x1")

    assert api.billed_microdollars == 0


@pytest.mark.parametrize("size", ["1024x1024", "1536x864", "3840x1280", "512x1280", "3840x2160"])
async def test_any_legal_size_is_drawn(size: str, visitor: Visitor) -> None:
    """Given a legal size, when it is asked for, then the picture has it."""
    answer = await visitor.generate(size=size, output_format="jpeg")

    assert "{}x{}".format(*answer.pictures[0].size) == size == answer.json["size"]


@pytest.mark.parametrize("field", ["size", "quality", "background", "model"])
async def test_auto_and_null_and_silence_mean_the_same(field: str, visitor: Visitor) -> None:
    """Given no choice in any spelling, when a picture is asked for, then the answers agree."""
    silent, null = [await visitor.generate(**{field: value}) for value in (..., None)]
    auto = await visitor.generate(**{field: "auto"}) if field != "model" else silent

    assert silent.status == 200
    assert silent.json == null.json == auto.json


@pytest.mark.parametrize(("name", "kind"), [("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WEBP")])
async def test_the_format_asked_for_is_the_format_sent(
    name: str, kind: str, visitor: Visitor
) -> None:
    """Given a format, when a picture is asked for, then its bytes are of that format."""
    answer = await visitor.generate(output_format=name)

    assert answer.json["output_format"] == name
    assert answer.pictures[0].format == kind


@pytest.mark.parametrize("name", ["jpeg", "webp"])
async def test_stronger_compression_makes_smaller_files(name: str, visitor: Visitor) -> None:
    """Given two compressions, when a picture is drawn with each, then the lower one is smaller."""
    small, large = [
        len((await visitor.generate(output_format=name, output_compression=number)).body)
        for number in (20, 100)
    ]

    assert small < large


@pytest.mark.parametrize("name", ["png", "webp"])
async def test_a_transparent_background_is_transparent(name: str, visitor: Visitor) -> None:
    """Given a transparent background, when a picture is drawn, then its corner is clear."""
    answer = await visitor.generate(background="transparent", output_format=name)

    assert answer.json["background"] == "transparent"
    assert answer.pictures[0].convert("RGBA").getpixel((0, 0))[3] == 0  # type: ignore[index]


async def test_several_pictures_are_several_variations(visitor: Visitor) -> None:
    """Given n, when pictures are asked for, then so many come, no two alike."""
    answer = await visitor.generate(n=4, output_format="webp")

    assert len({entry["b64_json"] for entry in answer.json["data"]}) == 4


async def test_a_stream_sends_partials_in_order_and_then_the_picture(visitor: Visitor) -> None:
    """Given a stream, when it is read, then partials 0, 1, 2 come before the completed one."""
    answer = await visitor.generate(stream=True, partial_images=3, quality="low")

    names, data = zip(*answer.events, strict=True)
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert names == ("image_generation.partial_image",) * 3 + ("image_generation.completed",)
    assert [each["type"] for each in data] == list(names)
    assert [each.get("partial_image_index") for each in data] == [0, 1, 2, None]
    assert all(opened(each["b64_json"]).size == (1024, 1024) for each in data)
    assert data[-1]["usage"]["output_tokens"] == 196 + 300
    assert "usage" not in data[0]
    assert {"created_at", "size", "quality", "background", "output_format"} <= set(data[0])


async def test_a_stream_of_edits_is_named_for_them(visitor: Visitor) -> None:
    """Given an edit that streams, when it is read, then its events are those of edits."""
    answer = await visitor.edit(png(picture()), stream="true", partial_images="1")

    assert [name for name, _ in answer.events] == [
        "image_edit.partial_image",
        "image_edit.completed",
    ]


async def test_a_stream_of_several_pictures_counts_the_prompt_once(visitor: Visitor) -> None:
    """Given two streamed pictures, when their usage is added up, then it is that of the order."""
    streamed = await visitor.generate(stream=True, n=2)
    whole = await visitor.generate(n=2)

    totals = [data["usage"]["total_tokens"] for _, data in streamed.events]
    assert sum(totals) == whole.json["usage"]["total_tokens"]


async def test_an_edit_keeps_what_the_mask_protects(visitor: Visitor) -> None:
    """Given a mask with a hole, when a picture is edited, then only the hole changes."""
    image = picture()
    mask = Image.new("RGBA", image.size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (256, 256, 768, 768))

    answer = await visitor.edit(png(image), mask=png(mask), prompt="a green field")

    gap = ImageChops.difference(image, answer.pictures[0])
    inside = ImageChops.invert(mask.getchannel("A"))
    assert answer.json["usage"]["input_tokens_details"]["image_tokens"] == 1024
    assert gap.getbbox() == (256, 256, 768, 768)
    assert sum(ImageStat.Stat(gap, inside).mean) > 3


@pytest.mark.parametrize(("name", "count"), [("image", 1), ("image[]", 1), ("image[]", 3)])
async def test_both_spellings_of_the_image_field_are_understood(
    name: str, count: int, visitor: Visitor, api: PretendApi
) -> None:
    """Given pictures under either name, when edited, then all are received and counted."""
    answer = await visitor.edit(*[png(picture())] * count, name=name)

    assert answer.status == 200
    assert answer.json["usage"]["input_tokens_details"]["image_tokens"] == count * 1024
    assert [part.name for part in api.requests[0].parts] == [name] * count


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1024, 768), "1024x768"),
        ((300, 200), "1536x1024"),
        ((200, 300), "1024x1536"),
        ((1000, 1000), "1024x1024"),
    ],
)
async def test_an_edit_without_a_size_takes_that_of_the_picture(
    size: tuple[int, int], expected: str, visitor: Visitor
) -> None:
    """Given a picture, when edited at size auto, then its own size or the nearest legal is used."""
    answer = await visitor.edit(png(picture(size)))

    assert answer.json["size"] == "{}x{}".format(*answer.pictures[0].size) == expected


async def test_an_edit_may_come_as_json_with_data_links(visitor: Visitor, api: PretendApi) -> None:
    """Given a JSON edit, when it is sent, then its pictures are read from their links."""
    link = "data:image/png;base64," + b64encode(png(picture())).decode()

    answer = await visitor.send(
        "POST",
        "/images/edits",
        json={"model": MODEL, "prompt": PROMPT, "images": [{"image_url": link}]},
    )

    assert answer.status == 200
    assert api.requests[0].parts[0].content == png(picture())


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
async def test_pictures_of_each_kind_can_be_edited(kind: str, visitor: Visitor) -> None:
    """Given a picture in a format that is taken, when edited, then a picture comes back."""
    assert (await visitor.edit(png(picture(), kind))).status == 200


async def test_models_list_those_that_live_with_their_last_day(visitor: Visitor) -> None:
    """Given the models, when listed, then the dead are gone and the dying have a date."""
    data = (await visitor.send("GET", "/models")).json["data"]

    dates = {each["id"]: each["shutdown_date"] for each in data}
    assert dates[MODEL] is None
    assert dates["gpt-image-1.5"] == "2026-12-01"
    assert "gpt-image-1" not in dates
    assert all({"object", "created", "owned_by"} <= set(each) for each in data)


async def test_the_log_tells_what_was_sent(visitor: Visitor, api: PretendApi) -> None:
    """Given requests, when the log is read, then it has each with its fields, files and outcome."""
    await visitor.generate(n=2)
    await visitor.edit(png(picture()), quality="best")

    first, second = api.requests
    assert (first.path, first.model, first.n) == ("/v1/images/generations", MODEL, 2)
    assert (first.prompt, first.outcome) == (PROMPT, "answered")
    assert second.received_at_monotonic > first.received_at_monotonic
    assert (second.fields["quality"], second.outcome) == ("best", "invalid_value")
    [part] = second.parts
    assert (part.name, part.filename, part.content_type) == ("image[]", "0.png", "image/png")
    assert part.content == png(picture())


async def test_requests_can_be_held_and_let_go(visitor: Visitor, api: PretendApi) -> None:
    """Given held requests, when they arrive, then none ends until they are let go."""
    async with asyncio.TaskGroup() as group, api.held():
        waiting = [group.create_task(visitor.generate(prompt=f"{n}")) for n in range(5)]
        await api.arrived(5)
        during = api.in_flight, {request.outcome for request in api.requests}

    assert during == (5, {"waiting"})
    assert [task.result().status for task in waiting] == [200] * 5
    assert (api.in_flight, api.peak_in_flight) == (0, 5)


async def test_closing_cuts_off_whoever_still_waits() -> None:
    """Given a held request, when the server closes, then its sender is told by the connection."""
    api = PretendApi(seconds=0, paint=painter.plain, clock=Noon())
    await api.start()
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group, api.held():
        waiting = group.create_task(_failure(Visitor(api, session)))
        await api.arrived(1)
        await api.close()

    assert isinstance(waiting.result(), aiohttp.ClientConnectionError)
    assert api.requests[0].outcome == "abandoned"


async def _failure(visitor: Visitor) -> BaseException:
    with pytest.raises(aiohttp.ClientError) as caught:
        await visitor.generate()
    return caught.value


async def test_only_the_newest_requests_are_remembered_when_told_so() -> None:
    """Given room for two, when three requests come, then the first is forgotten but counted."""
    async with (
        PretendApi(seconds=0, paint=painter.plain, clock=Noon(), remember=2) as api,
        aiohttp.ClientSession() as session,
    ):
        for prompt in "abc":
            await Visitor(api, session).generate(prompt=prompt)
        await api.arrived(3)

        assert [(each.prompt, each.outcome) for each in api.requests] == [
            ("b", "answered"),
            ("c", "answered"),
        ]


async def test_a_port_can_be_chosen_and_used_again() -> None:
    """Given a port that was just free, when it is asked for, then the server is found there."""
    async with PretendApi(seconds=0) as first:
        url = first.base_url
    port = int(url.rsplit(":", 1)[1].removesuffix("/v1"))

    async with PretendApi(seconds=0, port=port) as second:
        assert second.base_url == url


async def test_a_picture_takes_its_time() -> None:
    """Given some seconds for a picture, when two are asked for, then twice that time passes."""
    clock = asyncio.get_running_loop().time
    async with (
        PretendApi(seconds=0.05, paint=painter.plain, clock=Noon()) as api,
        aiohttp.ClientSession() as session,
    ):
        begun = clock()
        await Visitor(api, session).generate(n=2)

        assert clock() - begun >= 0.1


async def test_rules_decide_after_the_script_and_before_the_prompt(
    visitor: Visitor, api: PretendApi
) -> None:
    """Given script, rule and words at once, when requests come, then that is their order."""
    api.rule(lambda request: None if "please" in request.prompt else RateLimited(9))
    api.script(RateLimited(1), None)

    answers = [await visitor.generate(prompt=prompt) for prompt in ("a", "b", "c", "please !quota")]

    codes = [answer.headers.get("retry-after") or answer.status for answer in answers]
    assert codes == ["1", 200, "9", 429]
    assert answers[-1].error["code"] == "insufficient_quota"
