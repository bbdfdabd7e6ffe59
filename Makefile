# Two commands do everything: `make chat` and `make test`. `make help` lists the rest.
PYTHON = .venv/bin/python
# Set-up must never read the questions that are piped to `make chat`.
QUIET = </dev/null >&2
INSTALL = $(PYTHON) -m pip install --quiet --disable-pip-version-check

.PHONY: chat test lint types docs figures index evaluate bench lock help
.DEFAULT_GOAL := help

chat: .venv/.runtime  ## set up, build the index, open a chat (or answer piped questions)
	@$(PYTHON) -m indexer build </dev/null || test -e $${COMMIT_BOT_INDEX:-state/index.db}
	@$(PYTHON) -m bot chat

test: lint types  ## set up, then lint, types and all tests
	$(PYTHON) -m pytest

lint: .venv/.dev  ## style, by ruff
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types: .venv/.dev  ## types, by mypy --strict
	$(PYTHON) -m mypy

docs: .venv/.dev  ## write the generated parts of README, docs and .env.example anew
	$(PYTHON) -m tests.generated

figures: .venv/.dev  ## store what is reached on the question sets, for the floors in the tests
	$(PYTHON) -m tests.figures

index: .venv/.runtime  ## bring the index up to date with knowledge/
	@$(PYTHON) -m indexer build

evaluate: .venv/.runtime  ## measure answers on the question sets
	@$(PYTHON) -m bot evaluate

bench: .venv/.bench  ## time and memory, small sizes
	$(PYTHON) -m benchmarks.retrieval

lock:  ## renew the locks from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --extra documents pyproject.toml locks/tools.in -o locks/runtime.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --extra documents --group dev pyproject.toml locks/tools.in \
	  -c locks/runtime.txt -o locks/dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header --extra documents --group bench pyproject.toml locks/tools.in \
	  -c locks/dev.txt -o locks/bench.txt

help:
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

.venv/.pip: locks/runtime.txt
	@test -x $(PYTHON) || python3 -m venv .venv $(QUIET)
	@grep -A20 -E '^pip==' locks/runtime.txt | awk 'NR > 1 && !/^    --hash/ {exit} {print}' > .venv/pip.txt
	@$(INSTALL) --require-hashes -r .venv/pip.txt $(QUIET)
	@touch $@

.venv/.runtime: .venv/.pip locks/runtime.txt pyproject.toml
	@echo "Setting up (once) ..." >&2
	@$(INSTALL) --require-hashes -r locks/runtime.txt $(QUIET)
	@$(INSTALL) --no-deps --no-build-isolation -e . $(QUIET)
	@touch $@

.venv/.dev: .venv/.runtime locks/dev.txt
	@$(INSTALL) --require-hashes -r locks/dev.txt $(QUIET)
	@touch $@

.venv/.bench: .venv/.dev locks/bench.txt
	@$(INSTALL) --require-hashes -r locks/bench.txt $(QUIET)
	@touch $@
