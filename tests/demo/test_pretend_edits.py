"""The pretend image API is as strict about the files of an edit, and edits them visibly."""

import aiohttp
import pytest
from PIL import Image, ImageChops, ImageStat

from bot.demo.pretend_faults import Refusal
from bot.demo.pretend_models import input_tokens
from bot.demo.pretend_parts import Part, sort_out
from tests.demo.visitor import MODEL, PROMPT, Answer, Visitor, picture, png

SMALL = png(picture((16, 16)))
SIZE = (1024, 640)
HOLE = (256, 160, 768, 480)


def mask_with_hole() -> Image.Image:
    """Transparent, so to be edited, within the hole."""
    mask = Image.new("RGBA", SIZE, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), HOLE)
    return mask


def part(name: str = "image[]", content: bytes = SMALL, kind: str = "image/png") -> Part:
    """A file as it is read from a form."""
    return Part(name=name, filename="a.png", content_type=kind, content=content)


def refused(*parts: Part) -> Refusal:
    """What is said about these files."""
    with pytest.raises(Refusal) as caught:
        sort_out(parts)
    return caught.value


async def texts(visitor: Visitor, *more: tuple[str, str | bytes]) -> Answer:
    """What a form of mere texts is answered."""
    form = aiohttp.MultipartWriter("form-data")
    for name, text in (("model", MODEL), ("prompt", PROMPT), *more):
        form.append(text).set_content_disposition("form-data", name=name)
    return await visitor.send("POST", "/images/edits", data=form)


@pytest.mark.parametrize(("pictures", "name"), [(1, "image"), (2, "image[0]")])
async def test_a_file_must_say_that_it_is_a_picture(
    pictures: int, name: str, visitor: Visitor
) -> None:
    """Given pictures labelled as mere bytes, when they are sent, then the label is refused."""
    answer = await visitor.edit(*[SMALL] * pictures, kind="application/octet-stream")

    assert answer.status == 400
    assert answer.error == {
        "message": f"Invalid file '{name}': unsupported mimetype ('application/octet-stream'). "
        "Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.",
        "type": "invalid_request_error",
        "param": name,
        "code": "unsupported_file_mimetype",
    }


@pytest.mark.parametrize("name", ["mask", "markup"])
def test_a_mask_must_say_that_it_is_a_picture(name: str) -> None:
    """Given a mask labelled as mere bytes, when it is judged, then the label is refused."""
    wrong = refused(part(), part(name, png(Image.new("RGBA", (16, 16))), "text/plain"))

    assert (wrong.code, wrong.param) == ("unsupported_file_mimetype", name)


async def test_image_without_brackets_is_one_picture(visitor: Visitor) -> None:
    """Given two pictures under `image`, when they are sent, then the array syntax is advised."""
    answer = await visitor.edit(SMALL, SMALL, name="image")

    assert (answer.status, answer.error["code"]) == (400, "duplicate_parameter")
    assert "use the array syntax instead e.g. 'image[]=<value>'" in answer.error["message"]


@pytest.mark.parametrize("name", ["image[]", "image", "mask"])
async def test_a_picture_must_be_a_file(name: str, visitor: Visitor) -> None:
    """Given a picture's name on a mere text, when it is sent, then a file is asked for."""
    answer = await texts(visitor, (name, "https://example.com/a.png"))

    assert (answer.status, answer.error["code"]) == (400, "invalid_type")
    assert "file, but got a string instead." in answer.error["message"]


@pytest.mark.parametrize(
    ("name", "code"), [("prompt", "invalid_type"), ("picture", "unknown_parameter")]
)
async def test_a_file_may_stand_only_where_one_belongs(
    name: str, code: str, visitor: Visitor
) -> None:
    """Given a file under another name, when it is sent, then it is refused."""
    answer = await visitor.edit(SMALL, name=name)

    assert (answer.status, answer.error["code"], answer.error["param"]) == (400, code, name)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("prompt", "again", "duplicate_parameter"), ("user", b"\xff\xfe", "invalid_type")],
)
async def test_a_form_is_read_strictly(
    field: str, value: str | bytes, code: str, visitor: Visitor
) -> None:
    """Given a field twice, or one that is no text, when the form is read, then it is refused."""
    answer = await texts(visitor, (field, value))

    assert (answer.status, answer.error["code"], answer.error["param"]) == (400, code, field)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x", b"no form at all"),
        ("multipart/form-data", b"--x\r\n\r\n--x--"),
    ],
    ids=["no form", "no boundary"],
)
async def test_a_body_that_is_no_form_is_refused(kind: str, body: bytes, visitor: Visitor) -> None:
    """Given a form that cannot be read, when it is sent, then a 400 says so."""
    headers = {"Content-Type": kind, "Authorization": f"Bearer {visitor.api.key}"}
    async with visitor.session.post(
        f"{visitor.api.base_url}/images/edits", data=body, headers=headers
    ) as response:
        assert response.status == 400
        assert "could not parse the multipart form" in await response.text()


def test_files_have_a_largest_size() -> None:
    """Given a picture over 50 MB and a mask of 4 MB, when they are judged, then each is named."""
    mask = png(Image.new("RGBA", (16, 16)))
    large = refused(part(), part(content=SMALL.ljust(50_000_001, b"\0")))
    heavy = refused(part(), part("mask", mask.ljust(4_000_000, b"\0")))

    assert (large.code, large.message) == ("image_too_large", "Image 2 is larger than 50MB.")
    assert heavy.code == "invalid_mask_image_format"
    assert heavy.message.endswith("mask is larger than 4MB")
    assert sort_out([part(), part("mask", mask.ljust(3_999_999, b"\0"))]).mask


def test_one_mask_is_enough() -> None:
    """Given two masks, or a mask and a markup, when they are judged, then that is refused."""
    mask = png(Image.new("RGBA", (16, 16)))

    assert refused(part(), part("mask", mask), part("mask", mask)).code == "duplicate_parameter"
    assert refused(part(), part("mask", mask), part("markup", mask)).param == "markup"


@pytest.mark.parametrize(
    ("size", "tokens"),
    [((16, 16), 1024), ((1024, 1024), 1024), ((1280, 1024), 1280), ((3840, 2160), 1521)],
)
def test_larger_pictures_take_more_tokens_up_to_a_cap(size: tuple[int, int], tokens: int) -> None:
    """Given a picture that is sent in, when its tokens are counted, then they have a cap."""
    assert input_tokens(*size) == tokens


@pytest.mark.parametrize("stream", ["true", "false"])
async def test_what_the_mask_protects_stays_to_the_last_pixel(
    stream: str, visitor: Visitor
) -> None:
    """Given a mask, when a picture is edited beside others, then only its hole changes."""
    image = picture(SIZE, "RGBA")
    image.putalpha(200)

    answer = await visitor.edit(
        png(image), SMALL, mask=png(mask_with_hole()), prompt="red", stream=stream
    )

    changed = ImageChops.difference(image, answer.last_picture)
    assert changed.getbbox(alpha_only=False) == HOLE


async def test_a_mask_can_be_ignored_on_purpose(visitor: Visitor) -> None:
    """Given !ignoremask, when a picture is edited, then what the mask protects changes, too."""
    image = picture(SIZE)

    answer = await visitor.edit(png(image), mask=png(mask_with_hole()), prompt="red !ignoremask")

    corner = ImageChops.difference(image, answer.last_picture).crop((0, 0, 256, 160))
    assert answer.status == 200
    assert sum(ImageStat.Stat(corner).mean) > 10


async def test_a_background_can_be_taken_away(visitor: Visitor) -> None:
    """Given a transparent background, when a picture is edited, then its corner is clear."""
    answer = await visitor.edit(png(picture(SIZE)), prompt="red", background="transparent")

    alpha = answer.last_picture.getchannel("A")
    assert [alpha.getpixel(where) for where in ((0, 0), (512, 320))] == [0, 255]
