# Everything a developer runs. A fresh clone needs python3 (3.11 or newer, with venv) and make.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
KAFKA_PORT ?= 9092
REDIS_PORT ?= 6379

VENV := .venv
BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
SETUP := $(VENV)/.setup
BENCH := build/bench/venv
JOBS ?= 3
SERVICES := $(BIN)/python -m deploy.services
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.PHONY: help setup demo services-up services-down services-status check lint format types imports unit test \
	golden fix lock clean models-report chaos soak bench bench-latency bench-scale

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(SETUP) ## make .venv from the hash-pinned lock file and install the project into it
	@:

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=...")'
	@$(PYTHON) -m venv $(VENV)

$(LOCKED): requirements/dev.txt | $(BIN)/python
	@echo "installing what the project needs into $(VENV), once: a few minutes"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

$(SETUP): pyproject.toml $(LOCKED)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@echo "compiling the numeric passes, once: a minute or two"
	@$(BIN)/python -m streams.warmup
	@touch $@

demo: $(SETUP) ## watch a small portfolio on this machine, without Kafka and Redis
	@$(BIN)/postloan demo

services-up: $(SETUP) ## start Kafka and Redis without Docker (KAFKA_PORT=9092 REDIS_PORT=6379)
	@$(SERVICES) up --kafka-port $(KAFKA_PORT) --redis-port $(REDIS_PORT)

services-down: $(SETUP) ## stop them; what they stored stays in .services
	@$(SERVICES) down --kafka-port $(KAFKA_PORT) --redis-port $(REDIS_PORT)

services-status: $(SETUP) ## tell whether they run
	@$(SERVICES) status --kafka-port $(KAFKA_PORT) --redis-port $(REDIS_PORT)

check: lint format types imports unit ## all that needs no Kafka and no Redis

lint: $(SETUP) ## ruff's rules
	$(BIN)/ruff check .

format: $(SETUP) ## ruff's layout, only looked at
	$(BIN)/ruff format --check .

types: $(SETUP) ## mypy, strict
	$(BIN)/mypy

imports: $(SETUP) ## which room may import what
	$(BIN)/lint-imports

unit: $(SETUP) ## the tests that need no Kafka and no Redis
	$(BIN)/pytest -m "not integration and not e2e and not chaos and not bench"

test: lint format types imports ## everything, with a real Kafka and a real Redis (JOBS=3 at a time)
	-@$(SERVICES) fetch
	$(BIN)/pytest -m "not bench" -n $(JOBS) --dist worksteal

chaos: $(SETUP) ## break everything while workers work, then compare (SEED= FAULTS=60 MINUTES=20): build/chaos.json
	-@$(SERVICES) fetch
	@$(BIN)/python -m tests.chaos

soak: $(SETUP) ## a steady stream for MINUTES=30: is memory flat, do decisions come in time (RATE=): build/soak.json
	-@$(SERVICES) fetch
	@$(BIN)/python -m tests.soak

golden: $(SETUP) ## rewrite the golden files; read the difference before you commit it
	$(BIN)/pytest tests/golden --rewrite-golden

models-report: $(SETUP) ## every model family over real cardholders: build/models.json and build/models.html
	$(BIN)/python -m streams.models_report tests/data/taiwan-credit-default.csv.gz build

bench: $(SETUP) $(BENCH)/.locked ## our worker beside Flink, Quix and Faust: build/bench.json (EVENTS, CARDHOLDERS, REPEATS, PEERS)
	@$(BIN)/python -m tests.bench.compare

bench-latency: $(SETUP) ## appended event to readable decision, live: build/latency.json (SECONDS, CARDHOLDERS)
	@$(BIN)/python -m tests.bench.latency

bench-scale: $(SETUP) ## cost over cardholders and workers: build/scale.json (EVENTS, CARDHOLDERS, REPEATS)
	@$(BIN)/python -m tests.bench.scale

$(BENCH)/.locked: requirements/bench.txt | $(BIN)/python
	@$(BIN)/python -m venv $(BENCH)
	-@$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

fix: $(SETUP) ## let ruff mend and lay out what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: | $(BIN)/python ## pin anew what pyproject.toml allows (UPGRADE=1: the newest of it)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --extra build --output-file requirements/run.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) requirements/bench.in --output-file requirements/bench.txt

clean: ## stop the services and remove what was built, cached or stored; .venv stays
	@test ! -x $(BIN)/python || test ! -d .services || $(SERVICES) down
	rm -rf .services build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
