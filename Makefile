# A thin face: each target calls one thing that also works by hand.
#   make demo [PORT=8000] · make test · make lint · make docs · make reference · make browsers · make mutate · make audit · make fuzz · make bench · make bench-full · make bench-setup · make gallery · make clean

PYTHON ?= python3
PORT ?= 8000
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps

.PHONY: demo test lint docs reference browsers mutate audit fuzz bench bench-full bench-setup gallery clean
.DELETE_ON_ERROR:

demo: .venv/demo.stamp
	@exec .venv/bin/python manage.py demo --port $(PORT)

test: .venv/test.stamp
	@scripts/test

lint: .venv/lint.stamp node_modules/.stamp
	@scripts/lint

docs: .venv/docs.stamp
	@.venv/bin/sphinx-build -W --keep-going -q -b html -d var/docs-cache docs var/docs
	@echo "Open var/docs/index.html"

reference: .venv/test.stamp
	@.venv/bin/python -m tests.reference

browsers: .venv/demo.stamp
	@scripts/browsers

mutate: .venv/demo.stamp
	@scripts/mutate

audit: .venv/demo.stamp
	@scripts/audit

fuzz: .venv/test.stamp
	@exec .venv/bin/python -m bench.fuzz $(FUZZ)

bench: .venv/test.stamp
	@exec .venv/bin/python -m bench

bench-full: .venv/test.stamp
	@exec .venv/bin/python -m bench --full

bench-setup: .venv/test.stamp
	@scripts/bench-setup

gallery: .venv/test.stamp
	@exec .venv/bin/python -m bench.gallery

clean:
	rm -rf .venv var node_modules build dist htmlcov mutants test-results .coverage .coverage.* \
		.hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@scripts/venv $(PYTHON)

# Each list contains the one before it, so a bigger stamp makes the smaller ones true.
.venv/%.stamp: requirements/%.txt | .venv/bin/python
	@echo "Installing requirements/$*.txt into .venv"
	@$(PIP) --requirement $<
	@touch $@

node_modules/.stamp: package-lock.json
	@command -v npm >/dev/null || { \
		echo "npm is missing: install Node.js 20.19 or newer (Debian 13: apt-get install nodejs npm)"; exit 1; }
	@npm ci --no-audit --no-fund --silent
	@touch $@
