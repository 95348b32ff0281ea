# Two commands set everything up on a machine with git, make and Python 3.11 or later: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test chaos soak lint format lock scan-self clean

.venv/installed: requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: .venv/installed  ## see the whole thing work, without network or token
	$(BIN)/advisord demo

test: .venv/installed  ## the whole suite, on two cores
	$(BIN)/python -m pytest -n 2 --dist loadfile

chaos: .venv/installed  ## kills, faults and people against issue tracking
	ADVISORD_CHAOS=800 $(BIN)/python -m pytest tests/e2e/test_tracking_campaign.py

MINUTES ?= 30
soak: .venv/installed  ## the daemon among everything that breaks, for MINUTES
	$(BIN)/python benchmarks/soak.py --minutes $(MINUTES)

test-kills: .venv/installed  ## fifty syncs killed at random moments, another seed each time
	ADVISORD_KILLS=50 ADVISORD_SEED=$$(date +%s) $(BIN)/python -m pytest tests/e2e/test_sync_kills.py

lint: .venv/installed  ## what CI demands of the text
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Our own dependencies against OSV: from a mirror where there is one, else from its own address.
MIRROR ?= $(wildcard ../shared/corpus/feeds/osv)
scan-self: .venv/installed  ## advisord on itself
	$(BIN)/advisord sync osv --db .self/advisord.db --ecosystem PyPI $(if $(MIRROR),--from $(MIRROR))
	$(BIN)/advisord scan --db .self/advisord.db --exclude tests

format: .venv/installed
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock:  ## pin our own dependencies anew (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade --all-extras \
		pyproject.toml --output-file requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade --all-extras \
		--group dev pyproject.toml --output-file requirements-dev.txt

clean:
	rm -rf .venv .self demo build dist
