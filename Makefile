PYTHON ?= python3
HERE := .venv/bin

.DEFAULT_GOAL := help

help:  ## what can be typed here
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 20

.venv/ready: requirements.lock requirements-test.lock pyproject.toml .ci/environment.py
	@$(PYTHON) .ci/environment.py

lock:  ## resolve the dependencies of pyproject.toml again
	$(HERE)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	$(HERE)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' --extra test -c requirements.lock pyproject.toml -o requirements-test.lock

.PHONY: help lock
