"""Files that people hand in: odd, old, broken, mislabelled or hostile, and what becomes of each."""

from __future__ import annotations

import json
import zipfile
import zlib
from functools import partial
from io import BytesIO
from random import Random

from PIL import Image

from tests.imaging import forgeries as forged
from tests.imaging.cases import (
    DAMAGED,
    EMPTY,
    SIZE,
    STRANGE,
    THIN,
    as_file,
    base,
    becomes,
    clear,
    large,
    none,
    other,
    refused,
    second,
    shows,
    upright,
)
from tests.imaging.forgeries import SECRET, exif, with_chunk, with_segment
from tests.imaging.pictures import chunk, noise, png_bomb, scene, webp_bomb, written


def _jpeg(**options: object) -> bytes:
    return written(base(), "JPEG", **{"quality": 95, **options})


def _large_jpeg(**options: object) -> bytes:
    return written(Image.new("RGB", (8000, 6000), "red"), "JPEG", **options)


def _ten_megabytes() -> bytes:
    grain = Image.frombytes("RGB", (1900, 1900), Random(0).randbytes(3 * 1900 * 1900))
    return written(grain, "PNG", compress_level=1)


def _held(orientation: int) -> bytes:
    return _jpeg(exif=exif(orientation))


def _png(**options: object) -> bytes:
    return written(base(), "PNG", **options)


def _in_empty_parts() -> bytes:
    data = _png()
    return data[:33] + chunk(b"IDAT", b"") * 5000 + data[33:]


def _avif(image: Image.Image, **options: object) -> bytes:
    return written(image, "AVIF", quality=90, speed=10, **options)


def _archive() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("picture.png", _png())
    return file.getvalue()


def _grey16() -> Image.Image:
    return base().convert("L").convert("I").point(lambda grey: grey * 257).convert("I;16")


def _grey() -> Image.Image:
    return base().convert("L")


PNGS = {
    "PNG": shows(_png),
    "PNG with an alpha channel that hides nothing": shows(
        as_file("PNG", lambda: base().convert("RGBA"))
    ),
    "PNG that is see-through": shows(as_file("PNG", clear), clear),
    "PNG, grey": shows(as_file("PNG", _grey), _grey),
    "PNG, grey and see-through": shows(
        as_file("PNG", lambda: clear().convert("LA")), lambda: clear().convert("LA")
    ),
    "PNG, palette": shows(as_file("PNG", lambda: base().quantize(256))),
    "PNG, palette with a clear colour": shows(as_file("PNG", lambda: clear().quantize(256)), clear),
    "PNG, black and white": shows(
        as_file("PNG", lambda: base().convert("1")), lambda: base().convert("1")
    ),
    "PNG, one clear colour": shows(
        as_file("PNG", lambda: Image.new("RGB", SIZE, "red"), transparency=(255, 0, 0)),
        lambda: Image.new("RGBA", SIZE, (255, 0, 0, 0)),
    ),
    "PNG, grey of 16 bits": shows(as_file("PNG", _grey16), _grey),
    "PNG of 16 bits": shows(lambda: forged.deep_png(base())),
    "PNG of 16 bits that is see-through": shows(lambda: forged.deep_png(clear()), clear),
    "PNG, interlaced": shows(lambda: forged.interlaced_png(base())),
    "PNG, animated": shows(as_file("PNG", save_all=True, append_images=[noise(*SIZE)])),
    "PNG with a novel in it": shows(
        lambda: with_chunk(_png(), b"tEXt", b"Comment\0" + SECRET * 100_000)
    ),
    "PNG with a text that explodes": shows(
        lambda: with_chunk(_png(), b"zTXt", b"Comment\0\0" + zlib.compress(SECRET * 2_000_000))
    ),
    "PNG with a text in all languages": shows(
        lambda: with_chunk(_png(), b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + SECRET)
    ),
    "PNG with a text of a wrong checksum": shows(
        lambda: with_chunk(_png(), b"tEXt", b"Comment\0" + SECRET, wrong=True)
    ),
    "PNG with an unknown part": shows(lambda: with_chunk(_png(), b"seCr", SECRET)),
    "PNG that was held sideways": shows(
        lambda: _png(exif=exif(6)), lambda: base().transpose(Image.Transpose.ROTATE_270)
    ),
    "PNG with the usual profile": shows(lambda: _png(icc_profile=forged.srgb_profile())),
    "PNG whose profile swaps red and blue": shows(
        lambda: _png(icc_profile=forged.swapped_profile()),
        lambda: Image.merge("RGB", base().split()[::-1]),
    ),
    "PNG with a profile that is none": shows(lambda: _png(icc_profile=SECRET)),
    "PNG whose profile does not unpack": shows(
        lambda: with_chunk(_png(), b"iCCP", b"profile\0\0" + SECRET)
    ),
    "PNG with something behind it": shows(lambda: _png() + SECRET * 1000),
    "PNG in thousands of empty parts": shows(_in_empty_parts),
    "PNG of a wrong checksum": refused(lambda: _png()[:29] + b"\0\0\0\0" + _png()[33:], DAMAGED),
    "PNG of garbage": refused(lambda: forged.png(SIZE, 2, SECRET), DAMAGED),
    "PNG of no pixels": refused(lambda: forged.png((0, 0), 2, b""), DAMAGED),
    "PNG of a kind that does not exist": refused(lambda: forged.png(SIZE, 5, bytes(9000)), DAMAGED),
    "PNG, only the signature": refused(lambda: _png()[:8], DAMAGED),
    "PNG, only the header": refused(lambda: _png()[:33], DAMAGED),
}

JPEGS = {
    "JPEG": shows(_jpeg),
    "JPEG, progressive": shows(lambda: _jpeg(progressive=True)),
    "JPEG, grey": shows(as_file("JPEG", _grey, quality=95), _grey),
    "JPEG for print": shows(as_file("JPEG", lambda: base().convert("CMYK"), quality=95)),
    "JPEG for print without Adobe's mark": becomes(
        lambda: forged.without_segment(written(base().convert("CMYK"), "JPEG", quality=95), 0xEE),
        *SIZE,
    ),
    "JPEG for print with a profile for screens": shows(
        lambda: written(
            base().convert("CMYK"), "JPEG", quality=95, icc_profile=forged.srgb_profile()
        )
    ),
    "JPEG with Adobe's mark": shows(lambda: _jpeg(keep_rgb=True)),
    "JPEG with restarts": shows(lambda: _jpeg(restart_marker_blocks=1)),
    **{
        f"JPEG held the {number}. way": shows(partial(_held, number), partial(upright, number))
        for number in range(1, 9)
    },
    "JPEG held in no way that there is": shows(lambda: _jpeg(exif=exif(99))),
    "JPEG with much about its camera": shows(
        lambda: with_segment(_jpeg(exif=exif()), 0xE1, b"Exif\0\0" + SECRET * 3400)
    ),
    "JPEG with broken words about its camera": shows(
        lambda: with_segment(_jpeg(), 0xE1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + SECRET)
    ),
    "JPEG with a catalogue entry": shows(
        lambda: with_segment(_jpeg(), 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + SECRET)
    ),
    "JPEG with a comment": shows(lambda: _jpeg(comment=SECRET)),
    "JPEG whose profile swaps red and blue": shows(
        lambda: _jpeg(icc_profile=forged.swapped_profile(), subsampling=0),
        lambda: Image.merge("RGB", base().split()[::-1]),
    ),
    "JPEG with a profile that is none": shows(lambda: _jpeg(icc_profile=SECRET * 9000)),
    "JPEG with a film behind it": shows(lambda: _jpeg() + b"\0\0\0\x18ftypmp42" + SECRET * 1000),
    "JPEG with a second picture": shows(
        as_file("MPO", save_all=True, append_images=[noise(*SIZE)], quality=95)
    ),
    "JPEG with a broken list of pictures": shows(
        lambda: with_segment(_jpeg(), 0xE2, b"MPF\0II*\0\x08\0\0\0\xff\xff" + SECRET)
    ),
    "JPEG of a thousand passes": refused(lambda: forged.jpeg_of_many_scans(base(), 1100), DAMAGED),
    "JPEG without its end": refused(lambda: _jpeg()[: len(_jpeg()) // 2], DAMAGED),
    "JPEG without its tables": refused(lambda: forged.without_segment(_jpeg(), 0xDB), DAMAGED),
    "JPEG, only the start": refused(lambda: b"\xff\xd8\xff\xe0", DAMAGED),
}


OTHERS = {
    "GIF": shows(as_file("GIF", lambda: base().quantize(256))),
    "GIF, animated": shows(
        as_file(
            "GIF",
            lambda: base().quantize(256),
            save_all=True,
            append_images=[noise(*SIZE).quantize(8)],
        )
    ),
    "GIF that is see-through": shows(as_file("GIF", clear), clear),
    "GIF, only the header": refused(lambda: b"GIF89a\x01\0\x01\0\0\0\0", DAMAGED),
    "WebP": shows(as_file("WEBP", quality=95)),
    "WebP, lossless": shows(as_file("WEBP", lossless=True)),
    "WebP that is see-through": shows(as_file("WEBP", clear, lossless=True), clear),
    "WebP, animated": shows(
        as_file("WEBP", save_all=True, append_images=[noise(*SIZE)], quality=95)
    ),
    "WebP that was held sideways": shows(
        as_file("WEBP", exif=exif(8), xmp=SECRET, quality=95),
        lambda: base().transpose(Image.Transpose.ROTATE_90),
    ),
    "WebP, only the header": refused(lambda: written(base(), "WEBP")[:30], DAMAGED),
    "AVIF": shows(lambda: _avif(base())),
    "AVIF that is see-through": shows(lambda: _avif(clear()), clear),
    "AVIF, animated": shows(lambda: _avif(base(), save_all=True, append_images=[second()])),
    "AVIF that was held sideways": shows(
        lambda: _avif(base(), exif=exif(6)),
        lambda: base().transpose(Image.Transpose.ROTATE_270),
    ),
    "AVIF, only the header": refused(lambda: _avif(base())[:40], DAMAGED),
    "BMP": shows(as_file("BMP")),
    "BMP, palette": shows(as_file("BMP", lambda: base().quantize(256))),
    "BMP, black and white": shows(
        as_file("BMP", lambda: base().convert("1")), lambda: base().convert("1")
    ),
    "TIFF": refused(as_file("TIFF"), other("a TIFF picture")),
    "TIFF of 16 bits": refused(as_file("TIFF", _grey16), other("a TIFF picture")),
    "TIFF of broken numbers": refused(
        as_file("TIFF", lambda: base().convert("F")), other("a TIFF picture")
    ),
    "icon": refused(as_file("ICO"), other("an icon file")),
    "Photoshop": refused(lambda: b"8BPS\0\x01" + bytes(300), other("a Photoshop file")),
    "HEIC": refused(
        lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), other("a HEIC picture")
    ),
    "HEIC by its other name": refused(
        lambda: b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(99), other("a HEIC picture")
    ),
    "JPEG XL": refused(lambda: b"\xff\x0a" + bytes(99), other("a JPEG XL picture")),
    "JPEG 2000": refused(as_file("JPEG2000"), other("a JPEG 2000 picture")),
    "SVG": refused(lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", other("an SVG drawing")),
    "SVG with a prologue": refused(
        lambda: b"<?xml version='1.0'?>\n<!-- a drawing -->\n<svg width='9'>",
        other("an SVG drawing"),
    ),
    "TGA": refused(as_file("TGA"), STRANGE),
    "PPM": refused(as_file("PPM"), STRANGE),
    "nothing": refused(lambda: b"", EMPTY),
    "one byte": refused(lambda: b"\x89", STRANGE),
    "zeros": refused(lambda: bytes(5000), STRANGE),
    "text": refused(lambda: b"a fox in the snow", STRANGE),
    "JSON": refused(lambda: json.dumps({"error": "Traceback: None"}).encode(), STRANGE),
    "web page named .png": refused(
        lambda: b"\n <!DOCTYPE HTML><html><svg>busy</svg></html>", none("a web page")
    ),
    "web page with a mark": refused(lambda: b"\xef\xbb\xbf<html>busy</html>", none("a web page")),
    "PDF": refused(lambda: b"%PDF-1.7\n" + bytes(99), none("a PDF document")),
    "ZIP": refused(_archive, none("a ZIP archive or an office document")),
    "film": refused(lambda: b"\0\0\0\x18ftypmp42" + bytes(99), none("a video")),
    "film of another kind": refused(lambda: b"\x1aE\xdf\xa3" + bytes(99), none("a video")),
}

SIZES = {
    "one pixel": becomes(as_file("PNG", lambda: scene(1, 1)), 64, 64),
    "a stamp": becomes(as_file("PNG", lambda: scene(40, 30)), 120, 90),
    "a ribbon": becomes(as_file("PNG", lambda: scene(300, 30)), 900, 90),
    "a wide line": refused(as_file("PNG", lambda: scene(20_000, 1)), THIN),
    "a tall line": refused(as_file("PNG", lambda: scene(1, 20_000)), THIN),
    "a wide picture": becomes(as_file("PNG", lambda: Image.new("1", (12_000, 600))), 3840, 192),
    "PNG bomb": refused(lambda: png_bomb(20_000, 20_000), large()),
    "PNG bomb of just too many": refused(lambda: png_bomb(7072, 7072), large()),
    "PNG bomb of one edge": refused(lambda: png_bomb(20_001, 2000), large()),
    "PNG bomb of all that a header can hold": refused(
        lambda: png_bomb(2**31 - 1, 2**31 - 1), large()
    ),
    "GIF bomb": refused(lambda: forged.gif_bomb(65_535, 65_535), large()),
    "BMP bomb": refused(lambda: forged.bmp_bomb(30_000, 30_000), large()),
    "TIFF bomb": refused(lambda: forged.tiff_bomb(60_000, 60_000), other("a TIFF picture")),
    "JPEG bomb": refused(lambda: forged.jpeg_bomb(65_500, 65_500), large()),
    "JPEG of a large camera, progressive and in full colour": refused(
        lambda: forged.jpeg_bomb(8000, 6000, progressive=True, subsampling="4:4:4"), large(43)
    ),
    "WebP bomb": refused(lambda: webp_bomb(16_383, 16_383), large()),
    "WebP bomb of just too many": refused(lambda: webp_bomb(4124, 4124), large(17)),
}

CORPUS = {**PNGS, **JPEGS, **OTHERS, **SIZES}

HEAVY = {
    "PNG of fifty million pixels": becomes(lambda: forged.blank_png(7071, 7071), 3840, 3840),
    "JPEG of a large camera": becomes(partial(_large_jpeg, progressive=True), 3840, 2880),
    "WebP of sixteen million pixels": becomes(
        as_file("WEBP", lambda: Image.new("RGB", (4096, 4096), "red"), method=0), 3840, 3840
    ),
    "PNG of ten megabytes": becomes(_ten_megabytes, 1900, 1900),
}
"""Large ones that mean no harm; they are tried in a process of their own."""
