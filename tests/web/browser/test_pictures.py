"""The tutorial's pictures have few colours and keep those that mean something.

Source: design/ui/faces.md 1.4 (amber waits).
"""

from PIL import Image

from tests.web.browser.neighbourhood import few_colours

AMBER = (138, 90, 0)
PAPER = (244, 245, 241)
SHADES_LEAST = 8


def test_the_amber_of_a_status_stays_amber_beside_a_panel_of_many_shades() -> None:
    whole = Image.new("RGB", (390, 800), PAPER)
    for row in range(180):
        for column in range(0, 390, 3):
            shade = (14 + column // 5, 115 - row // 2, 99 - row // 3 + column // 8)
            whole.paste(shade, (column, row, column + 3, row + 1))
    whole.paste(AMBER, (300, 400, 306, 402))
    drawn = few_colours(whole)
    assert drawn.convert("RGB").getpixel((303, 401)) == AMBER
    assert drawn.convert("RGB").getpixel((10, 700)) == PAPER
    steps = [drawn.convert("RGB").getpixel((195, row)) for row in range(180)]
    assert len(set(steps)) >= SHADES_LEAST, "the panel goes from light to dark without an edge"
