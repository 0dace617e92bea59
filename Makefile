# One entry for everything; `make help` lists it.
PYTHON ?= python3
APP := .venv/app/bin/python
BOT := .venv/bot/bin/python
# Two share the app's tests: each starts browsers and servers, and more would wait for each other's processors.
WORKERS ?= 2
export PYTHONPATH := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help setup run prepare test test-app test-again test-bot bench soak soak-desk bench-desk lint format lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make both environments from the locks (skips what is done)
	@$(PYTHON) -m setup

run: setup ## Set up, prepare and start everything; Ctrl-C stops it
	@./handrail run

prepare: setup ## Export the encoder, train the model, migrate the databases, load the articles
	@$(APP) -m server.prepare

test: setup ## Run all tests, on both Pythons
	@$(APP) -m server.prepare secrets encoder model
	@$(MAKE) --no-print-directory test-app test-bot

test-app: ## Run the app's tests (3.11) without set-up
	$(APP) -m pytest tests --ignore tests/bot -n $(WORKERS)

test-again: ## Run the app's tests that failed the last time
	$(APP) -m pytest tests --ignore tests/bot --last-failed --last-failed-no-failures none

test-bot: ## Run the bot's tests (3.10) without set-up
	$(BOT) -m pytest tests/bot -o cache_dir=.pytest_cache/bot

bench: prepare ## Measure latency, throughput, start, training and memory beside stock Rasa
	@./handrail bench

soak: prepare ## Talk to a running system for a long time and watch memory and errors
	@./handrail soak

soak-desk: prepare ## Customers, agents and killed app processes, on SQLite and on PostgreSQL with Redis
	@./handrail soak desk

bench-desk: prepare ## Measure the desk with 500 open widgets and 20 consoles
	@./handrail bench desk

lint: setup ## Check style and types
	$(APP) -m ruff check .
	$(APP) -m ruff format --check .
	$(APP) -m mypy
	$(APP) -m mypy setup

format: setup ## Put the code into its format
	$(APP) -m ruff format .
	$(APP) -m ruff check --fix .

lock: ## Resolve requirements/*.in anew into hash-pinned locks
	@$(PYTHON) -m setup lock

clean: ## Remove environments, caches and test results; conversations and models in var/ stay
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
