# Two commands matter: `make demo` and `make test`. Both do all their own set-up.
.DEFAULT_GOAL := help
.PHONY: help demo test check plugin bench chaos faults pictures setup packages format clean recording

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Tests wait more than they compute: one process more than there are processors keeps these busy.
WORKERS ?= $(shell expr $$(nproc) + 1)

help: ## Show what can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): setup.cfg pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV) || (sh tests/stage/packages.sh venv && $(PYTHON) -m venv $(VENV))
	$(BIN)/pip install --quiet --upgrade 'pip>=23'
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

setup: $(STAMP) ## Make the virtual environment

packages:
	@sh tests/stage/packages.sh php node redis

demo: $(STAMP) packages ## A real WordPress, sample pages, one sync: see the posts (CHECK=1 ends by itself)
	@$(BIN)/python -m tests.demo $(if $(CHECK),--check)

test: $(STAMP) ## Everything, against a real WordPress, Redis, browser and databases
	@sh tests/stage/packages.sh php phpcs node redis browser gettext postgres mariadb nginx apache systemd compose
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(STAMP) ## What a change has to pass besides the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@sh tests/stage/packages.sh phpcs node
	$(BIN)/python -m tests.plugin.standard

plugin: $(STAMP) ## The companion plugin as a zip for WordPress: build/notion-sidecar.zip
	@sh tests/stage/packages.sh gettext
	@$(BIN)/python deploy/plugin.py build/notion-sidecar.zip

bench: $(STAMP) packages ## Measure: prints figures, compares as ratios
	@$(BIN)/python -m tests.bench

pictures: $(STAMP) ## Take the pictures of docs/blocks.md from a real editor
	@sh tests/stage/packages.sh php browser
	$(BIN)/python docs/pictures.py
	$(BIN)/python docs/make.py

N ?= 200
chaos: $(STAMP) ## Kill N=200 processes at random while editors go on: prints what was lost (DATABASE=postgres or mysql, SEED=1)
	@sh tests/stage/packages.sh php redis $(if $(filter postgres%,$(DATABASE)),postgres) $(if $(filter mysql mariadb,$(DATABASE)),mariadb)
	@$(BIN)/python -m tests.chaos --kills $(N) $(if $(SEED),--seed $(SEED)) $(if $(DATABASE),--database $(DATABASE))

faults: $(STAMP) ## Let every call of a two-page sync to a real WordPress fail once, in each of eight ways
	@sh tests/stage/packages.sh php
	@$(BIN)/python -m tests.stories.test_every_call

recording: $(STAMP) packages ## Record how somebody begins, into docs/first-post.md
	@$(BIN)/python -m tests.doctor.record

format: $(STAMP) ## Put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove everything that was made, the downloads too
	rm -rf $(VENV) .cache build *.egg-info .mypy_cache .ruff_cache .pytest_cache
