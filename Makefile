# In charge of the names of everyday work; each target is a line or two, the work itself is in tools/.

.DEFAULT_GOAL := help
.PHONY: setup run test lint check bench docs format lock clean help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
READY = @$(if $(PYTHON),$(PYTHON),$(error Tenon needs Python 3.11 or newer)) tools/setup.py

setup: ## Make this clone ready for work: Python and front-end packages, built pages
	$(READY) test

run: ## Open the example workspaces in a server and print address and sign-in
	$(READY) run
	@$(BIN)/python tools/run.py

test: setup ## Run every test; services start by themselves (more options: make test ARGS="-k stage")
	$(BIN)/pytest -n 2 $(ARGS)

lint: setup ## Look at the code without running it: style, types, layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --cache-dir .cache/import-linter

check: lint ## lint, and the tests that take seconds
	$(BIN)/pytest -n 2 -q tests/architecture tests/unit

bench: setup ## Measure speed against a hand-written application
	$(BIN)/python tests/bench/run.py $(ARGS)

docs: setup ## Write the reference pages anew
	$(BIN)/tenon docs

format: setup ## Put the code in its usual shape
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format

lock: setup ## Write the lock files anew (newer versions: make lock ARGS=--upgrade)
	$(BIN)/python tools/lock.py $(ARGS)

clean: ## Remove everything that was made here; data in workspaces stays
	rm -rf .venv .cache dist ui/node_modules ui/static/dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-8s %s\n", $$1, $$2 }'
