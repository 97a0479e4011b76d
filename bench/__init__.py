"""What the project measures about itself: `make bench` in ten minutes, `make bench-full` in more.

A bench is a module here, or a package with a ``__main__``. It measures, makes a
:class:`bench.records.Record` of it and saves that, which writes ``results/NAME.json``.
To add one:

1. Write it so that ``python -m bench.NAME`` measures all there is and ``--short`` fits a budget of
   seconds. :func:`bench.records.options` parses both; own options go on top.
2. Give it a line in ``MEMBERS`` of ``bench/__main__.py``, with its budget. They must stay within
   ten minutes together, which a test holds. ``None`` leaves it to `make bench-full`.
3. What peers it needs comes by `make bench-setup` (``scripts/bench-setup``) into ``var/bench/``;
   without them it says so in a note and measures the rest.
4. Hold it against its targets, each a :class:`bench.records.Target` with its figure. One that is
   missed says by how much, and why.

``bench/report.py`` makes ``results/README.md`` of all records; the documentation shows that page.
"""
