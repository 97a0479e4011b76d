from __future__ import annotations

import pytest

from bench import report
from bench.__main__ import BOUND, MEMBERS
from bench.records import Record, Table, Target, load


@pytest.fixture
def record():
    record = Record("some", "Some figures", "python -m bench.some")
    record.tables.append(
        Table("Times", ["what", "ms"], [["a | b", 1234.5], ["c", 0.0123]], ["Now."])
    )
    record.targets += [
        Target("a", "at most 1", 0.5, met=True),
        Target("b", "at most 2", 3, met=False, why="Too much is done."),
    ]
    return record


def test_a_record_is_read_as_it_was_written(record, tmp_path):
    assert load(record.save(tmp_path)) == record


def test_the_page_of_results_shows_every_target_and_table(record, tmp_path):
    record.save(tmp_path)
    page = report.write(tmp_path).read_text()
    assert "| a | at most 1 | 0.5 | met |" in page
    assert "| b<br>Too much is done. | at most 2 | 3 | **missed** |" in page
    assert "| what | ms |\n| --- | ---: |\n| a \\| b | 1,234 |\n| c | 0.0123 |\n\nNow.\n" in page


def test_a_bench_fails_where_a_target_is_missed(record, monkeypatch, tmp_path):
    monkeypatch.setattr(Record.save, "__defaults__", (tmp_path,))
    assert report.publish(record) == 1


def test_the_short_benches_fit_into_ten_minutes_together():
    assert sum(member.seconds or 0 for member in MEMBERS) <= BOUND
