# `make run` and `make test` are all that a newcomer needs.
PYTHON ?= python3
SITE ?= crm.local
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

.PHONY: run test lint check-python tools clean help

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/'

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed: make $(firstword $(MAKECMDGOALS)) PYTHON=/path/to/python3.11"; exit 1; }

$(VENV)/embedded.done: setup.py | check-python
	@echo "Setting up the Python environment ..."
	@sh tests/tools.sh venv $(PYTHON) $(VENV)
	@$(PIP) install -e '.[embedded]'
	@touch $@

$(VENV)/test.done: $(VENV)/embedded.done
	@$(PIP) install -e '.[embedded,test]'
	@touch $@

run: $(VENV)/embedded.done ## the CRM with demo data on http://127.0.0.1:$(PORT)
	@$(BIN)/python -m embedded serve --site $(SITE) --port $(PORT) --create-demo

tools: ## Debian's Chromium and MariaDB, for the tests
	@sh tests/tools.sh browser-and-database

test: $(VENV)/test.done tools lint ## every test, on SQLite and on MariaDB
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow"
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "not slow and not browser" --db mariadb
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m "slow"

lint: $(VENV)/test.done
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

clean: ## remove the environment; sites/ stays
	rm -rf $(VENV) build *.egg-info
