PYTHON ?= python3
HERE := .venv/bin

.DEFAULT_GOAL := help

help:  ## what can be typed here
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: .venv/requirements.lock.installed  ## talk with it, on a made-up mailbox; make demo ARGS='--mailbox PATH' for your own
	@$(HERE)/deskhand demo $(ARGS)

test: .venv/requirements-test.lock.installed  ## run the tests; make test ARGS='-k words' for some of them
	$(HERE)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: .venv/requirements-test.lock.installed  ## format, lint, types, import contracts, tests
	$(HERE)/ruff format --check .
	$(HERE)/ruff check .
	$(HERE)/mypy
	$(HERE)/lint-imports
	$(MAKE) test

.venv/%.lock.installed: %.lock .ci/environment.py
	@$(PYTHON) .ci/environment.py $<

docs: .venv/requirements-test.lock.installed  ## write anew: the generated docs, .env.example, the README's transcript
	$(HERE)/python -m bot.cli.pages
	$(HERE)/python -m tests.acceptance.transcript

lock:  ## resolve the dependencies of pyproject.toml again
	$(HERE)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' pyproject.toml -o requirements.lock
	$(HERE)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' --extra test -c requirements.lock pyproject.toml -o requirements-test.lock
	printf 'hatchling\n' | $(HERE)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'make lock' -c requirements-test.lock - -o requirements-build.lock

.PHONY: help demo docs test check lock
