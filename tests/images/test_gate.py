"""What is uploaded as a badge's image, and what becomes of it."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.defaultfilters import filesizeformat
from PIL import Image

from django_badger import images
from tests.images import corpus
from tests.images.corpus import BAD, GOOD, MARKER

#: All that a PNG of pixels has, and nothing more.
PIXELS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
MEMORY = 200 * 1024 * 1024


def upload(content, name="badge.png"):
    return SimpleUploadedFile(name, content)


def stored(kind):
    return Image.open(images.rebuilt(upload(GOOD[kind]())))


def test_the_corpus_is_large():
    assert len(GOOD) + len(BAD) >= 90


@pytest.mark.parametrize("kind", GOOD)
def test_an_image_is_drawn_anew_as_a_square(kind):
    made = images.rebuilt(upload(GOOD[kind](), name="../../evil.php\0.png"))

    for side, content in {512: made.read(), **made.smaller}.items():
        image = Image.open(io.BytesIO(content))
        assert (image.format, image.size, image.mode, image.info) == ("PNG", (side, side), "RGBA", {})
        assert set(corpus.chunks(content)) <= PIXELS
        for foreign in (MARKER, b"script", b"marker", b"Exif", b"PK\3\4"):
            assert foreign not in content
    assert made.name.endswith(".png")
    assert made.name.removesuffix(".png").isalnum()


def test_the_sizes_are_those_that_are_promised():
    assert set(images.rebuilt(upload(corpus.picture())).smaller) == {128, 256}


def test_the_name_says_the_content():
    one, same, other = (
        images.rebuilt(upload(content, name=name)).name
        for content, name in [
            (corpus.picture(), "a.png"),
            (corpus.picture(), "b.png"),
            (corpus.picture(color="red"), "a.png"),
        ]
    )

    assert one == same != other


@pytest.mark.parametrize("kind", [kind for kind in GOOD if kind.endswith("on its side")])
def test_an_image_that_says_it_lies_on_its_side_is_turned_upright(kind):
    assert stored(kind).getbbox() == (128, 0, 384, 512)


@pytest.mark.parametrize("kind", ["jpeg in the mirror", "jpeg that lies in no known way"])
def test_an_image_that_lies_otherwise_stays_wide(kind):
    assert stored(kind).getbbox() == (0, 128, 512, 384)


@pytest.mark.parametrize("kind", ["gif, animated", "png, animated", "webp, animated"])
def test_of_an_animation_the_first_picture_is_kept(kind):
    assert stored(kind).convert("RGB").getpixel((256, 256)) == (255, 0, 0)


@pytest.mark.parametrize("kind", ["gif with transparency", "png with one colour as transparent"])
def test_what_is_transparent_stays_so(kind):
    assert stored(kind).getpixel((256, 256))[3] == 0


@pytest.mark.parametrize("kind", ["png of 16 bit", "png of 16 bit colours", "png of 16 bit colours with transparency"])
def test_sixteen_bits_become_eight_without_going_white(kind):
    dark = corpus.picture(mode="I;16", color=0x4000) if kind == "png of 16 bit" else GOOD[kind]()

    seen = Image.open(images.rebuilt(upload(dark))).convert("L").getpixel((256, 256))
    assert seen in {63, 64}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_image_is_refused_with_a_reason(kind):
    make, code = BAD[kind]

    with pytest.raises(ValidationError) as refused:
        images.rebuilt(upload(make()))

    assert refused.value.code == code
    assert refused.value.messages[0].endswith((".", "again."))


def test_a_webp_may_have_fewer_pixels_than_others():
    large = corpus.picture("WEBP", size=(4000, 3000), lossless=True)

    with pytest.raises(ValidationError, match="4000 × 3000 pixels: at most 8000 a side and 7 million are read"):
        images.rebuilt(upload(large))


def test_a_size_that_is_too_large_is_told_with_the_limit():
    with pytest.raises(ValidationError) as refused:
        images.rebuilt(upload(BAD["20 MB"][0]()))

    assert f"larger than {filesizeformat(images.MAX_BYTES)}" in refused.value.messages[0]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_two_thousand_damaged_images_bring_nothing_worse_than_a_refusal(seed):
    read = refused = 0
    for content in corpus.damaged(250, seed):
        try:
            made = images.rebuilt(upload(content))
        except ValidationError:
            refused += 1
            continue
        read += 1
        assert Image.open(made).size == (512, 512)
        assert set(corpus.chunks(made.open().read())) <= PIXELS

    assert read > 20
    assert refused > 20


#: Run in a process of its own: how much memory it takes at most to look at these files, one after the other.
CHILD = """
import json, resource, sys
from pathlib import Path
import django
django.setup()
from django.core.exceptions import ValidationError
from django_badger import images


def peak():
    status = Path("/proc/self/status")
    if status.exists():  # Linux adds to ru_maxrss what the process took that started this one
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def look(name):
    with open(name, "rb") as file:
        try:
            images.rebuilt(file)
        except ValidationError:
            pass


look(sys.argv[1])
before = peak()
for name in sys.argv[2:]:
    look(name)
print(json.dumps([before, peak()]))
"""


def costly():
    """Give what takes the most memory for its bytes: as many pixels as are read, of every mode, and the bombs."""
    large, larger = (4000, 3125), (4000, 4000)
    yield corpus.picture(size=large, mode="I;16")
    yield corpus.picture(size=large, mode="P", transparency=0)
    yield corpus.picture(size=large, transparency=(0, 0, 0))
    yield corpus.picture(size=large, mode="RGBA")
    yield corpus.picture("JPEG", size=larger, mode="CMYK", quality=10)
    yield corpus.picture("JPEG", size=larger, progressive=True, quality=10)
    yield corpus.picture("GIF", size=large)
    yield corpus.picture("WEBP", size=(2800, 2500), mode="RGBA", lossless=True)
    yield corpus.picture("WEBP", size=(8000, 875), color="red")
    for kind in ("a real bomb", "a bomb of text", "a bomb of many texts", "a webp as large as they can be", "20 MB"):
        yield BAD[kind][0]()


@pytest.mark.slow
def test_no_image_takes_more_than_200_megabytes(tmp_path):
    files = [tmp_path / "small"]
    files[0].write_bytes(corpus.picture())
    for number, content in enumerate(costly()):
        files.append(tmp_path / str(number))
        files[-1].write_bytes(content)

    site = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    said = subprocess.run([sys.executable, "-c", CHILD, *files], capture_output=True, check=True, env=site).stdout

    before, most = json.loads(said)
    assert (
        most - before > 4 * images.MAX_PIXELS["PNG"]
    )  # the pixels of one image: less would mean that nothing was seen
    assert most < MEMORY
