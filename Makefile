# The front door. Every target does its own set-up: Python >= 3.11 and make are all it needs.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules
BIN := .venv/bin

# Programs take an empty HOME for a folder and write into it; without one they ask the system.
ifeq ($(strip $(HOME)),)
unexport HOME
endif

.PHONY: help
help:  ## say what can be done here
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z]*\):.*  ## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | while IFS='	' read -r name what; do \
		printf '  %-9s %s\n' "$$name" "$$what"; done

.PHONY: install
install: venv-runtime  ## what running Easel needs, in .venv; then .venv/bin/easel check
	@echo "Easel is ready: $(BIN)/easel --help"

.PHONY: postgres
postgres: venv-postgres  ## the same, with what DATABASE_URL=postgresql://... needs
	@echo "Easel is ready, for PostgreSQL too: $(BIN)/easel --help"

.PHONY: demo
demo: venv-demo  ## the real bot in a pretend Discord, no account needed (DEMO="--once" to stop after one picture)
	@$(BIN)/python -m bot demo $(DEMO)

.PHONY: test
test: venv-dev  ## all tests (TEST="tests/core -x" for some)
	@echo "· testing"
	@$(BIN)/python -m pytest -n auto --dist loadgroup $(TEST)

.PHONY: chaos
chaos: venv-dev  ## kill the real program again and again while all goes wrong (SECONDS=60 SEED=1 AFTER_CRASH=repeat DIR=kept)
	@$(BIN)/python -m tests.chaos --seconds $(or $(SECONDS),60) --seed $(or $(SEED),1) \
		$(if $(AFTER_CRASH),--after-crash $(AFTER_CRASH)) $(if $(DIR),--dir $(DIR))

.PHONY: check
check: venv-dev  ## format, lint, types, import rules, dependencies, sizes
	@echo "· ruff format"  && $(BIN)/ruff format --check --quiet . || { echo "Not formatted as ruff would: make fix"; exit 1; }
	@echo "· ruff check"   && $(BIN)/ruff check --quiet .
	@echo "· mypy"         && $(BIN)/mypy --no-error-summary
	@echo "· import rules" && $(BIN)/lint-imports --no-logo
	@echo "· dependencies" && $(BIN)/deptry .
	@echo "· house sizes"  && $(BIN)/python -m pytest -q -s tests/repo/test_house.py

.PHONY: fix
fix: venv-dev  ## format, and repair what ruff can repair
	@$(BIN)/ruff check --fix --show-fixes . ; $(BIN)/ruff format .

.PHONY: bench
bench: venv-dev  ## measure (BENCH="claim" for one)
	@$(BIN)/python -m benchmarks $(BENCH)

# Constrained by the widest lock, so that every lock names the same versions.
COMPILE_FROM = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet \
	--universal --python-version 3.11 --generate-hashes --no-emit-index-url $(LOCK)
COMPILE = $(COMPILE_FROM) pyproject.toml

.PHONY: lock
lock:  ## write the lock files anew from pyproject.toml (LOCK="--upgrade" for newer versions)
	@.ci/venv dev
	@echo "· locking"
	@$(COMPILE) --extra demo --extra postgres --group dev --output-file requirements-dev.lock
	@$(COMPILE) --extra postgres --constraints requirements-dev.lock --output-file requirements-postgres.lock
	@$(COMPILE) --extra demo --constraints requirements-dev.lock --output-file requirements-demo.lock
	@$(COMPILE) --constraints requirements-dev.lock --output-file requirements.lock
	@$(COMPILE_FROM) --group pyproject.toml:build --constraints requirements-dev.lock --output-file requirements-build.lock

.PHONY: clean
clean:  ## remove .venv and every cache; never data/
	@echo "· cleaning"
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.* htmlcov build dist
	@find bot tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# One target for each kind, so that make -j prepares it once.
.PHONY: venv-runtime venv-postgres venv-demo venv-dev
venv-runtime venv-postgres venv-demo venv-dev: venv-%:
	@PYTHON="$(PYTHON)" .ci/venv $*
