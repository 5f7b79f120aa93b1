"""Files of one delivery belong together."""

from __future__ import annotations

from downloads import Held
from grader.exchange.incoming.canvas import parse
from grader.exchange.incoming.delivery import gathered


def test_gathering():
    """Files of one key are one delivery: late if one of them is, and without what is the system's own."""
    held = Held(
        {
            "amy_1_11_double.ipynb": b"{}",
            "amy_LATE_1_12_data.csv": b"",
            "bo_2_13_double.ipynb": b"{}",
            "stranger": b"",
        }
    )
    amy, bo = gathered(held, parse)
    assert [name for name, _ in amy.files] == ["double.ipynb", "data.csv"] and amy.late
    assert [name for name, _ in bo.files] == ["double.ipynb"] and not bo.late
