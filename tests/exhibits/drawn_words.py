"""What every figure must hold to, whatever it shows."""

from matplotlib.figure import Figure
from matplotlib.text import Text

SMALLEST = 6
"""Points."""


def assert_words_fit(figure: Figure) -> None:
    """No word of a chart is cut off at the sides of the figure or too small to read."""
    figure.draw_without_rendering()
    for axes in figure.axes:
        for text in axes.findobj(Text):
            if text.get_text() and text.get_visible():
                extent = text.get_window_extent()
                assert figure.bbox.x0 <= extent.x0, text.get_text()
                assert extent.x1 <= figure.bbox.x1, text.get_text()
                assert text.get_size() >= SMALLEST, text.get_text()
