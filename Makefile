# The two commands: `make demo` and `make test`. Both set up .venv first if it is not there.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup demo test full check build lint hub clean

help:
	@echo "make demo   the whole road on six sample submissions: lesson, release, grades, feedback"
	@echo "make test   all tests of the kit"
	@echo "make full   what make test leaves out: every attack on every exercise, all samples, the guides' commands (an hour)"
	@echo "make check  the course checks itself"
	@echo "make hub    a real JupyterHub for trying, as root: one instructor, two students, until Ctrl-C"
	@echo "make build  make source/ and release/ from solutions/"

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	@PYTHON=$(PYTHON) ./setup.sh

demo: setup
	@$(BIN)/python -m judge demo

test: setup lint
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

full: setup
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile -m full

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check -q . && $(BIN)/mypy

check: setup
	@$(BIN)/python -m judge check

build: setup
	@$(BIN)/python -m judge build
	@for exercise in source/*/; do $(BIN)/nbgrader generate_assignment "$$(basename $$exercise)" --force; done

hub: setup
	@$(BIN)/python deploy/jupyterhub/trial.py --exchange $(or $(EXCHANGE),shared)

clean:
	rm -rf demo outputs .mypy_cache .ruff_cache .pytest_cache .hypothesis
