"""The channels bench measures what it says, on a small load: nothing lost, nothing twice, each figure beside its baseline."""

from __future__ import annotations

from bot.bench.channels import Size, bench


async def test_a_small_load_is_answered_whole() -> None:
    report = await bench(Size(people=3, clicks=4))
    figures = {one.what: one for one in report.figures}
    assert figures["clicks that took effect, once"].value == 4
    assert figures["people who had no answer"].value == 0
    assert figures["people who had it twice"].value == 0
    times = [one for one in report.figures if one.unit == "s"]
    assert len(times) == 4
    assert all(one.value > 0 and one.baseline for one in times)
