"""Geometry of charts: bars from 0, a scale above the highest, labels that do not crowd."""

import pytest

from fieldapp.summaries.charts import HEIGHT, WIDTH, bar_chart, percent_width, scale_step, shade


def test_bars_stand_on_zero_and_stay_inside():
    chart = bar_chart([("v. 40", 37), ("v. 41", 0), ("v. 42", 46)])
    feet = {round(bar.y + bar.height, 1) for bar in chart.bars}
    assert len(feet) == 1
    assert feet == {chart.lines[0].y}
    assert chart.bars[1].height == 0
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH and 0 <= bar.y <= HEIGHT for bar in chart.bars)
    assert chart.bars[2].height > chart.bars[0].height
    assert int(chart.lines[-1].label) >= chart.most == 46


def test_with_many_bars_only_some_carry_labels():
    chart = bar_chart([(str(number), 1) for number in range(52)])
    assert len([bar for bar in chart.bars if bar.label]) == 13


@pytest.mark.parametrize(("most", "step"), [(0, 1), (5, 1), (6, 2), (25, 5), (46, 10), (101, 50)])
def test_a_scale_has_at_most_five_lines_above_zero(most, step):
    assert scale_step(most) == step


def test_shades_and_lying_bars():
    assert [shade(value, 10) for value in (0, 1, 5, 10)] == [0, 1, 2, 4]
    assert (percent_width(1, 4), percent_width(0, 0)) == (25.0, 0.0)
    assert bar_chart([]).bars == []
